import dataclasses

import numpy as np
import pytest

from core import errors, modelfile
from core.modelfile import LayerWeights, configs
from tests.unit.core.modelfile import files
from tests.unit.core.modelfile.files import entry, graph, image


def described(config):
    """A model of a configuration, its weights not looked at."""
    return dataclasses.replace(files.model(), architecture=configs.architecture(config), weights={})


def test_it_says_what_goes_in_and_what_comes_out():
    model = files.model()
    assert model.input_shape == files.SHAPE
    assert model.n_classes == 4
    assert model.n_parameters == 54 + 2 + 128 + 4


def test_convolutions_come_in_the_order_in_which_they_are_computed():
    config = graph(
        image(),
        entry("Conv2D", "b", "a", filters=2, kernel_size=1),
        entry("DepthwiseConv2D", "a", "image", kernel_size=1),
        entry("SeparableConv2D", "c", "b", filters=2, kernel_size=1),
    )
    assert described(config).convolutions == ("a", "b", "c")


def test_a_file_keeps_its_own_configuration_and_a_model_of_ours_gets_one():
    config = files.config()
    assert described(config).source_config == config
    bare = dataclasses.replace(configs.architecture(config), source_config=None)
    own = dataclasses.replace(files.model(), architecture=bare).source_config
    assert configs.architecture(own) == configs.architecture(config)


def test_other_weights_make_another_model_and_leave_the_first_as_it_was():
    model, kernel = files.model(), np.ones((32, 4))
    before = model.weights["scores"].arrays[0].copy()
    changed = modelfile.with_weights(model, {"scores": [kernel, np.zeros(4)]})
    kernel[:] = 7
    assert (changed.weights["scores"].arrays[0] == 1).all()
    assert changed.weights["scores"].arrays[0].dtype == np.float32
    assert changed.weights["conv"] is model.weights["conv"]
    assert (model.weights["scores"].arrays[0] == before).all()


@pytest.mark.parametrize(
    "arrays",
    [
        {"scores": [np.ones((32, 4))]},
        {"scores": [np.ones((4, 32)), np.zeros(4)]},
        {"nowhere": [np.ones(3)]},
        {"flat": [np.ones(3)]},
    ],
)
def test_weights_that_do_not_fit_are_refused(arrays):
    with pytest.raises(errors.IncompatibleWeights) as caught:
        modelfile.with_weights(files.model(), arrays)
    assert caught.value.details["place"] == next(iter(arrays))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_weights_must_be_finite(value):
    broken = np.full((32, 4), value)
    with pytest.raises(errors.NonFiniteWeights, match="'scores': kernel"):
        modelfile.with_weights(files.model(), {"scores": [broken, np.zeros(4)]})


def test_weights_of_a_layer_that_is_not_there_are_refused():
    weights = {**files.model().weights, "extra": LayerWeights(("a",), (np.ones(3),))}
    with pytest.raises(errors.IncompatibleWeights, match="'extra'"):
        dataclasses.replace(files.model(), weights=weights).check()


@pytest.mark.parametrize(
    "layers",
    [
        [image((6, 3)), entry("Flatten", "a", "image")],
        [image(), entry("Conv2D", "a", "image", filters=2, kernel_size=1)],
        [image(), entry("Flatten", "f", "image"), entry("Dense", "a", "f", units=1)],
        [image(), image(name="b"), entry("Add", "c", "image", "b"), entry("Flatten", "d", "c")],
    ],
    ids=["no image", "no vector", "one score", "two inputs"],
)
def test_what_is_no_image_classifier_is_refused(layers):
    with pytest.raises(errors.NotAModel, match="an image classifier"):
        described(graph(*layers)).check()


def test_two_outputs_are_refused():
    both = [["f", 0, 0], ["g", 0, 0]]
    layers = [image(), entry("Flatten", "f", "image"), entry("ReLU", "g", "f")]
    with pytest.raises(errors.NotAModel, match="2 output"):
        described(graph(*layers, outputs=both)).check()
