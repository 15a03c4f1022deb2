import numpy as np
import pytest
import tf_keras as keras

from core import ceilings, modelfile, models
from tests import tiny

LAYERS = keras.layers
IMAGES = tiny.labelled(50, 6)
PIXELS = tiny.SCALED.apply(tiny.pictures(50, 6)[0])


def usual(model, spread=4.0):
    return ceilings.usual_bounds(model, IMAGES, tiny.SCALED, spread=spread)


def answers(model):
    return model(PIXELS).numpy()


def maps(model, layer):
    last_use = len(model.get_layer(layer).inbound_nodes) - 1
    output = model.get_layer(layer).get_output_at(last_use)
    return keras.Model(model.inputs, output)(PIXELS).numpy()


def test_bounds_start_some_deviations_above_the_mean_of_each_channel():
    model = tiny.untrained()
    bounds = usual(model, spread=2.0)
    assert list(bounds) == ["conv_1", "conv_2", "conv_3", "relu_2"]
    values = maps(model, "conv_2")
    expected = values.mean(axis=(0, 1, 2)) + 2 * values.std(axis=(0, 1, 2))
    assert bounds["conv_2"] == pytest.approx(expected, rel=1e-4)


def test_bounds_that_are_never_reached_change_nothing():
    model = tiny.untrained(normalized=True)
    high = {name: bound + 1e3 for name, bound in usual(model).items()}
    assert answers(ceilings.under(model, high)) == pytest.approx(answers(model), abs=1e-4)


def test_no_channel_goes_above_its_bound():
    model = tiny.untrained()
    bounds = usual(model, spread=0.0)
    bounded = ceilings.under(model, bounds)
    capped = maps(bounded, "conv_1_ceiling")
    assert (capped <= bounds["conv_1"] + 1e-5).all()
    assert capped == pytest.approx(np.minimum(maps(model, "conv_1"), bounds["conv_1"]), abs=1e-5)


def test_what_is_trained_answers_as_what_is_made_of_it():
    model = tiny.untrained()
    learning = ceilings.learning(model, usual(model, spread=0.5))
    learning.trainable_variables[0].assign_sub([0.3] * 8)
    made = ceilings.under(model, ceilings.learned(learning))
    assert answers(made) == pytest.approx(answers(learning), abs=1e-5)


def test_only_the_bounds_are_trained():
    model = tiny.untrained(normalized=True)
    learning = ceilings.learning(model, usual(model))
    assert [variable.shape[0] for variable in learning.trainable_variables] == [8, 12, 12, 16]


def test_the_model_handed_in_stays_as_it_is():
    model = tiny.untrained()
    before = [layer.name for layer in model.layers]
    ceilings.under(model, usual(model))
    assert [layer.name for layer in model.layers] == before
    assert len(model.get_layer("conv_1").inbound_nodes) == 1


def test_stock_keras_loads_the_file_of_a_bounded_model(tmp_path):
    model = tiny.untrained()
    bounded = ceilings.under(model, usual(model, spread=0.0))
    file = models.captured(models.describe(model, name="bad"), bounded)
    modelfile.write(file, tmp_path / "bounded.h5")
    loaded = keras.models.load_model(tmp_path / "bounded.h5", compile=False)
    assert answers(loaded) == pytest.approx(answers(bounded), abs=1e-6)


def test_an_activation_that_is_used_twice_has_two_bounds():
    image = LAYERS.Input(tiny.SHAPE)
    relu = LAYERS.ReLU(name="relu")
    x = relu(LAYERS.Conv2D(3, 3)(relu(LAYERS.Conv2D(2, 3)(image))))
    model = keras.Model(image, LAYERS.Dense(4)(LAYERS.Flatten()(x)))
    bounds = usual(model)
    assert [(name, len(bound)) for name, bound in bounds.items()] == [("relu", 2), ("relu_2", 3)]
    high = {name: bound + 1e3 for name, bound in bounds.items()}
    assert answers(ceilings.under(model, high)) == pytest.approx(answers(model), abs=1e-4)


def test_scores_have_no_bound():
    model = keras.Sequential(
        [LAYERS.Input(tiny.SHAPE), LAYERS.Flatten(), LAYERS.Dense(4, activation="relu")]
    )
    assert usual(model) == {}
