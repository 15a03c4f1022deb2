import numpy as np
import pytest
import tf_keras as keras

from core import catalogue, errors, methods
from tests import tiny


def repair(model, validation, **params):
    chosen = catalogue.ActivationClipping(epochs=1, attempts=1, flip=False, **params)
    return methods.METHODS["activation-clipping"](
        model, validation, params=chosen, max_accuracy_drop=0.04,
        execution=methods.Execution(seed=0, on_event=lambda event: None),
    )  # fmt: skip


def test_the_weights_stay_as_they_are_and_the_bounds_are_layers(tiny_case, validation):
    model = repair(tiny_case.model, validation).model
    for before, after in zip(tiny_case.model.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(before, after)
    added = {layer.name for layer in model.layers} - {
        layer.name for layer in tiny_case.model.layers
    }
    places = ("conv_1", "conv_2", "conv_3", "relu_2")
    assert added == {f"{place}_{part}" for place in places for part in ("ceiling", "below")}


def test_a_model_without_a_relu_is_refused(validation):
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input(tiny.SHAPE), layers.Conv2D(3, 3, activation="tanh"), layers.Flatten(),
         layers.Dense(4)]
    )  # fmt: skip
    with pytest.raises(errors.RepairFailed, match="no ReLU"):
        repair(model, validation)
