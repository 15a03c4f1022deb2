import numpy as np
import pytest
import tf_keras as keras
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from core import errors, metrics, models, network, pruning
from core.pruning import Channel
from core.results import PruningStep
from tests import tiny

MODEL = tiny.untrained(normalized=True)
IMAGES = tiny.labelled(60, 5)
pixels = npst.arrays(np.float32, (2, *tiny.SHAPE), elements=st.floats(-1e3, 1e3, width=32))


def outputs_of(model, layer, images):
    last = network.with_normalization(model, layer)[-1]
    return keras.Model(model.inputs, last.output)(images, training=False).numpy()


@settings(max_examples=25, deadline=None)
@given(
    pixels,
    st.sampled_from(["conv_1", "conv_2"]),
    st.sets(st.integers(0, 7), min_size=1, max_size=8),
)
def test_a_silenced_channel_is_zero_for_every_input(images, layer, channels):
    silenced = pruning.silence_channels(MODEL, [Channel(layer, index) for index in channels])
    assert (outputs_of(silenced, layer, images)[..., sorted(channels)] == 0).all()


def test_silencing_nothing_changes_nothing():
    same = pruning.silence_channels(MODEL, [])
    for before, after in zip(MODEL.get_weights(), same.get_weights(), strict=True):
        assert np.array_equal(before, after)


def test_the_model_handed_in_is_unchanged():
    before = MODEL.get_weights()
    pruning.silence_channels(MODEL, [Channel("conv_1", 0)])
    pruning.sweep(MODEL, [Channel("conv_1", 0)], IMAGES, tiny.SCALED)
    for first, second in zip(before, MODEL.get_weights(), strict=True):
        assert np.array_equal(first, second)


@pytest.mark.parametrize("layers", [["conv_1"], ["conv_2"], ["conv_3"], ["conv_2", "conv_3"]])
@pytest.mark.parametrize("normalized", [False, True])
def test_the_swept_curve_is_that_of_running_each_pruned_model_as_a_whole(layers, normalized):
    model = tiny.untrained(normalized=normalized)
    order = [Channel(layer, index) for index in range(6) for layer in layers]
    curve = pruning.sweep(model, order, IMAGES, tiny.SCALED)
    for step in curve:
        silenced = pruning.silence_channels(model, order[: step.channels_pruned])
        whole = metrics.accuracy(metrics.compiled(silenced), IMAGES, tiny.SCALED)
        assert step.select_accuracy == pytest.approx(whole)


def test_each_step_names_the_channel_it_silenced():
    order = [Channel("conv_2", 4), Channel("conv_2", 1)]
    curve = pruning.sweep(MODEL, order, IMAGES, tiny.SCALED)
    assert [(step.channels_pruned, step.channel) for step in curve] == [(0, None), (1, 4), (2, 1)]


def test_mean_activation_is_that_of_the_maps_after_relu():
    scores = pruning.channel_scores(
        MODEL, ["conv_1"], IMAGES, tiny.SCALED, order="mean-activation"
    )["conv_1"]
    relu = keras.Model(MODEL.input, MODEL.get_layer("relu_1").output)
    maps = relu(tiny.SCALED.apply(IMAGES.at(np.arange(60)))).numpy()
    assert scores == pytest.approx(maps.mean(axis=(0, 1, 2)), rel=1e-4)


def test_apoz_is_the_share_of_zeros_most_often_zero_first():
    scores = pruning.channel_scores(MODEL, ["conv_2"], IMAGES, tiny.SCALED, order="apoz")
    layer = keras.Model(MODEL.input, MODEL.get_layer("conv_2").output)
    maps = layer(tiny.SCALED.apply(IMAGES.at(np.arange(60)))).numpy()
    assert scores["conv_2"] == pytest.approx(-(maps == 0).mean(axis=(0, 1, 2)), abs=1e-5)


def test_the_quietest_channel_is_pruned_first():
    order = pruning.pruning_order({"conv": np.array([0.3, 0.1, 0.2])})
    assert [channel.index for channel in order] == [1, 2, 0]


def test_two_layers_advance_together_by_their_share_of_channels():
    order = pruning.pruning_order({"a": np.zeros(2), "b": np.zeros(4)})
    assert [channel.layer for channel in order] == ["b", "a", "b", "b", "a", "b"]


def steps(*accuracies):
    return [
        PruningStep(channels_pruned=n, layer="c", channel=n, select_accuracy=value)
        for n, value in enumerate(accuracies)
    ]


def test_the_deepest_step_is_the_last_before_the_first_fall_below_the_budget():
    curve = steps(0.9, 0.89, 0.86, 0.85, 0.9)
    assert pruning.deepest_step(curve, max_accuracy_drop=0.04).channels_pruned == 2


def test_a_drop_of_exactly_the_budget_is_within_it():
    assert pruning.deepest_step(steps(0.9, 0.86), max_accuracy_drop=0.04).channels_pruned == 1


def test_masks_name_exactly_the_weights_of_the_silenced_channels():
    silenced = pruning.silence_channels(MODEL, [Channel("conv_1", 2)])
    masks = pruning.masks(silenced, [Channel("conv_1", 2)])
    names = [silenced.weights[position].name for position in masks]
    assert names == [
        "conv_1/kernel:0", "conv_1/bias:0", "norm_1/gamma:0", "norm_1/beta:0",
        "norm_1/moving_mean:0",
    ]  # fmt: skip
    assert all(
        (mask[..., 2] == 0).all() and mask.sum() == mask.size * 7 / 8 for mask in masks.values()
    )


def test_last_k_and_names_select_layers():
    assert pruning.select_layers(MODEL, "last-2") == ("conv_2", "conv_3")
    assert pruning.select_layers(MODEL, "conv_3, conv_1") == ("conv_3", "conv_1")


def test_more_layers_than_there_are_means_all_of_them():
    assert pruning.select_layers(MODEL, "last-9") == ("conv_1", "conv_2", "conv_3")


def test_an_unknown_layer_is_refused_and_the_known_ones_are_named():
    with pytest.raises(errors.UnknownLayer, match="conv_1, conv_2, conv_3"):
        pruning.select_layers(MODEL, "fc_1")


def test_last_without_a_number_is_refused():
    with pytest.raises(errors.InvalidParams, match="last-K"):
        pruning.select_layers(MODEL, "last-none")


def test_a_model_without_convolutions_says_so():
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2)])
    with pytest.raises(errors.NoPrunableLayer, match="fine-tuning works"):
        pruning.select_layers(model, "last-1")


def test_a_copy_shares_no_weight_with_the_model():
    copied = models.copy(MODEL)
    copied.weights[0].assign(copied.weights[0] + 1)
    assert not np.array_equal(copied.get_weights()[0], MODEL.get_weights()[0])


def chained(*layers):
    keras.utils.set_random_seed(3)
    return keras.Sequential([keras.layers.Input(tiny.SHAPE), *layers])


def with_one_relu_for_all():
    keras.utils.set_random_seed(3)
    image, relu = keras.layers.Input(tiny.SHAPE), keras.layers.ReLU()
    x = relu(keras.layers.Conv2D(6, 3, name="first")(image))
    x = relu(keras.layers.Conv2D(6, 3, name="conv")(x))
    return keras.Model(image, keras.layers.Dense(4)(keras.layers.Flatten()(x)))


CHAINS = {
    "separable": lambda layers: chained(
        layers.SeparableConv2D(6, 3, activation="relu", name="conv"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(4),
    ),
    "grouped": lambda layers: chained(
        layers.Conv2D(6, 3, groups=3, name="conv"), layers.ELU(), layers.Flatten(), layers.Dense(4)
    ),
    "bare normalization": lambda layers: chained(
        layers.Conv2D(6, 3, use_bias=False, name="conv"),
        layers.BatchNormalization(center=False, scale=False), layers.Flatten(), layers.Dense(4),
    ),
    "normalized rows": lambda layers: chained(
        layers.Conv2D(6, 3, name="conv"),
        layers.BatchNormalization(axis=1, beta_initializer="ones"), layers.Flatten(),
        layers.Dense(4),
    ),
    "relu that does not keep zero": lambda layers: chained(
        layers.Conv2D(6, 3, name="conv"), layers.ReLU(threshold=0.5, negative_slope=0.3),
        layers.Flatten(), layers.Dense(4),
    ),
    "relu behind global pooling": lambda layers: chained(
        layers.Conv2D(6, 3, name="conv"), layers.GlobalAveragePooling2D(), layers.ReLU(),
        layers.Dense(4),
    ),
    "one relu for all": lambda _: with_one_relu_for_all(),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHAINS)
def test_what_is_swept_is_what_is_silenced_whatever_follows_the_convolution(kind):
    model = CHAINS[kind](keras.layers)
    scores = pruning.channel_scores(model, ["conv"], IMAGES, tiny.SCALED, order="mean-activation")
    order = pruning.pruning_order(scores)
    images = tiny.SCALED.apply(IMAGES.at(np.arange(5)))
    split = network.split_at(model, ["conv"])
    keep = np.ones(6, np.float32)
    keep[[channel.index for channel in order[:4]]] = 0
    swept = split.tail(split.head(images), {"conv": keep})
    silenced = pruning.silence_channels(model, order[:4])
    assert np.allclose(swept, silenced(images, training=False), atol=1e-5)


def test_the_scores_of_the_classes_are_not_pruned():
    layers = keras.layers
    model = chained(
        layers.Conv2D(6, 3, activation="relu", name="conv"), layers.Conv2D(4, 1, name="scores"),
        layers.GlobalAveragePooling2D(), layers.Softmax(),
    )  # fmt: skip
    assert pruning.prunable_layers(model) == ("conv",)


def test_a_convolution_that_is_used_twice_is_not_pruned():
    image = keras.layers.Input(tiny.SHAPE)
    shared = keras.layers.Conv2D(3, 3, padding="same", activation="relu", name="shared")
    x = keras.layers.Conv2D(3, 3, name="own")(shared(shared(image)))
    model = keras.Model(image, keras.layers.Dense(4)(keras.layers.Flatten()(x)))
    assert pruning.prunable_layers(model) == ("own",)
