import copy
import inspect

import numpy as np
import pytest
from sklearn.base import clone

import netmend
from core import errors

METHODS = [netmend.FineTuning, netmend.FinePruning, netmend.MagnitudePruning]


@pytest.mark.parametrize("method", METHODS)
def test_scikit_learn_can_clone_it(method):
    original = method(epochs=3, seed=5, max_accuracy_drop=0.1)
    assert clone(original).get_params() == original.get_params()
    assert clone(original) is not original


def test_hyper_parameters_are_stored_as_given():
    odd = object()
    assert netmend.FinePruning(epochs=odd).epochs is odd


def test_an_unknown_hyper_parameter_is_refused_like_an_unknown_argument():
    with pytest.raises(TypeError, match="epoch"):
        netmend.FinePruning(epoch=3)


def test_the_signature_shows_names_and_defaults():
    shown = inspect.signature(netmend.FinePruning).parameters
    assert shown["order"].default == "mean-activation"
    assert shown["max_accuracy_drop"].default == 0.04


def test_set_params_changes_what_it_names_and_gives_itself_back():
    method = netmend.FineTuning()
    assert method.set_params(epochs=2) is method
    assert method.get_params()["epochs"] == 2


def test_set_params_refuses_an_unknown_name():
    with pytest.raises(errors.InvalidParams, match="no parameter 'epoch'"):
        netmend.FineTuning().set_params(epoch=2)


def test_repr_shows_what_differs_from_the_defaults():
    assert repr(netmend.FinePruning(epochs=2, seed=1)) == "FinePruning(epochs=2, seed=1)"


def test_repair_refuses_a_value_out_of_range(demo_files, repair_data):
    model = netmend.read_model(demo_files.model)
    with pytest.raises(errors.InvalidParams, match="epochs"):
        netmend.FinePruning(epochs=-1).repair(model, repair_data)


def test_repair_leaves_the_model_as_it_was(demo_files, repair_data):
    model = netmend.read_model(demo_files.model)
    before = copy.deepcopy(_arrays(model))
    netmend.FineTuning(epochs=1).repair(model, repair_data)
    np.testing.assert_equal(_arrays(model), before)


def test_repair_tells_of_its_progress(demo_files, repair_data):
    events = []
    netmend.FineTuning(epochs=1).repair(
        netmend.read_model(demo_files.model), repair_data, on_event=events.append
    )
    assert {"baseline", "finetune", "evaluate", "package"} <= {event.stage for event in events}


def test_the_same_seed_gives_the_same_weights(demo_files, repair_data, result):
    method = netmend.FinePruning(epochs=1, flip=False, shift=0)
    again = method.repair(netmend.read_model(demo_files.model), repair_data)
    np.testing.assert_equal(again.model.get_weights(), result.model.get_weights())


def _arrays(model):
    return {name: list(own.arrays) for name, own in model.file.weights.items()}
