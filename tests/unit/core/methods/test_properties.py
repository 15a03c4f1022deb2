"""What holds for every repair method, whatever it does."""

import functools
from dataclasses import dataclass

import numpy as np
import pytest

from core import catalogue, errors, methods, models
from core.methods import base
from tests import tiny

#: Small enough to be quick; the pictures of the tiny case must not be mirrored.
SMALL = {"epochs": 1, "flip": False, "shift": 1}
ONE = {**SMALL, "attempts": 1}
QUICK = {
    "auto": catalogue.Auto(),
    "forget-and-distil": catalogue.ForgetAndDistil(
        **SMALL, steps=10, triggers=1, labels="0,2", forget="readout"
    ),
    "target-relearning": catalogue.TargetRelearning(steps=10, triggers=1, labels="0,2"),
    "fine-tuning": catalogue.FineTuning(**SMALL),
    "fine-pruning": catalogue.FinePruning(**SMALL),
    "magnitude-pruning": catalogue.MagnitudePruning(epochs=1),
    "ft-sam": catalogue.FineTuningSam(**ONE),
    "two-layer-fine-pruning": catalogue.TwoLayerFinePruning(**ONE, highest_share=0.3),
    "pruning-ft-sam": catalogue.PruningFineTuningSam(**ONE, highest_share=0.3),
    "trigger-unlearning": catalogue.TriggerUnlearning(**SMALL, rounds=1, steps=10, labels="0,2"),
    "i-bau": catalogue.AdversarialUnlearning(**ONE, search_steps=1, terms=2),
    "sau": catalogue.SharedAdversarialUnlearning(**ONE, search_steps=1, labels="0,2"),
    "activation-clipping": catalogue.ActivationClipping(**ONE),
}
#: Magnitude pruning has a given strength and may cost what it costs.
TURNED_UP = set(QUICK) - {"magnitude-pruning"}
#: Activation clipping bounds what the weights make, and leaves them alone.
TRAINING = set(QUICK) - {"activation-clipping"}
#: Target relearning learns a part of one layer, in closed form; auto does what fits.
THROUGHOUT = TRAINING - {"target-relearning", "auto"}
IN_EPOCHS = set(QUICK) - {"target-relearning", "auto"}


def each(names):
    # One process does what several tests of a method share.
    marked = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in sorted(names)]
    return pytest.mark.parametrize("name", marked)


@dataclass(frozen=True, kw_only=True)
class Run:
    repair: methods.Repair
    events: list
    weights_before: list
    weights_after: list


def run(name, model, validation, *, seed=5, on_event=None, budget=0.04):
    events, before = [], model.get_weights()
    done = methods.METHODS[name](
        model, validation, params=QUICK[name], max_accuracy_drop=budget,
        execution=methods.Execution(seed=seed, on_event=on_event or events.append),
    )  # fmt: skip
    return Run(repair=done, events=events, weights_before=before, weights_after=model.get_weights())


@pytest.fixture(scope="session")
def once(tiny_case, validation):
    """A repair of the tiny model by each method, made when it is first asked for."""
    return functools.cache(lambda name: run(name, tiny_case.model, validation))


@pytest.fixture(scope="session")
def frozen(validation):
    """The same of a frozen net with batch normalization that gives logits."""
    model = tiny.untrained(normalized=True, logits=True)
    model.trainable = False
    # It knows nothing yet: any training may be kept.
    return functools.cache(lambda name: run(name, model, validation, budget=1.0))


def test_the_methods_are_those_of_the_catalogue():
    assert set(methods.METHODS) == set(catalogue.METHODS) == set(QUICK)


@each(QUICK)
def test_the_model_handed_in_is_unchanged(name, once):
    done = once(name)
    for first, second in zip(done.weights_before, done.weights_after, strict=True):
        assert np.array_equal(first, second)


@each(QUICK)
def test_the_same_seed_gives_the_same_weights(name, once, tiny_case, validation):
    again = run(name, tiny_case.model, validation).repair.model
    first, second = (models.describe(model, name="") for model in (once(name).repair.model, again))
    assert first.sha256 == second.sha256  # of all layers, their options and weights


@each(QUICK)
def test_the_selection_tells_what_the_repaired_model_really_does(name, once, validation):
    done = once(name).repair
    measured = base.select_accuracy(done.model, validation)
    assert done.selection.select_accuracy_after == pytest.approx(measured)
    assert done.selection.n_tune == len(validation.tune)
    assert done.selection.n_select == len(validation.select)


@each(TURNED_UP)
def test_the_budget_is_kept_on_select(name, once):
    chosen = once(name).repair.selection
    assert chosen.select_accuracy_after >= chosen.select_accuracy_before - 0.04 - 1e-9


@each(TRAINING)
def test_a_trained_model_has_the_layers_of_the_one_handed_in(name, once, tiny_case):
    before = [layer.name for layer in tiny_case.model.layers]
    assert [layer.name for layer in once(name).repair.model.layers] == before


@each(IN_EPOCHS)
def test_each_epoch_is_told_and_the_count_never_falls(name, once):
    told = [event for event in once(name).events if event.stage == "finetune"]
    counted = [event.current for event in told if event.current is not None]
    assert len(counted) >= QUICK[name].epochs + 1
    assert counted == sorted(counted)
    assert all(event.current <= event.total for event in told if event.total is not None)


@each(QUICK)
def test_what_a_listener_raises_ends_the_work(name, tiny_case, validation):
    def on_event(event):
        raise errors.Canceled

    with pytest.raises(errors.Canceled):
        run(name, tiny_case.model, validation, on_event=on_event)


@each(QUICK)
def test_a_frozen_model_comes_back_frozen(name, frozen):
    model = frozen(name).repair.model
    assert not model.trainable_weights
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


@each(THROUGHOUT)
def test_frozen_layers_are_repaired_too(name, frozen):
    done = frozen(name)
    kernels = [number for number, each in enumerate(done.weights_before) if each.ndim > 1]
    after = done.repair.model.get_weights()
    for number in kernels:
        assert not np.array_equal(done.weights_before[number], after[number])


@each(QUICK)
def test_the_repaired_model_can_be_described_for_a_file(name, once):
    assert models.describe(once(name).repair.model, name="repaired").n_classes == tiny.N_CLASSES
