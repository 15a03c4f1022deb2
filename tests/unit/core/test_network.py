import numpy as np
import pytest
import tf_keras as keras

from core import network
from tests import tiny

IMAGES = np.random.default_rng(0).random((5, *tiny.SHAPE), np.float32)


def test_layers_come_in_the_order_of_the_graph():
    names = [layer.name for layer in network.layers(tiny.untrained())]
    assert names.index("conv_1") < names.index("conv_2") < names.index("conv_3")
    assert names[-1] == "output"


@pytest.mark.parametrize("names", [["conv_1"], ["conv_2"], ["conv_3"], ["conv_2", "conv_3"]])
@pytest.mark.parametrize("normalized", [False, True])
def test_a_split_model_says_what_the_whole_one_says(names, normalized):
    model = tiny.untrained(normalized=normalized)
    split = network.split_at(model, names)
    scores = split.tail(split.head(IMAGES), {})
    assert np.allclose(scores, model(IMAGES, training=False), atol=1e-6)


def test_a_split_sequential_model_says_what_the_whole_one_says():
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input(tiny.SHAPE), layers.Conv2D(4, 3, activation="relu", name="conv"),
         layers.MaxPooling2D(), layers.Dropout(0.5), layers.Flatten(), layers.Dense(3)]
    )  # fmt: skip
    split = network.split_at(model, ["conv"])
    assert np.allclose(split.tail(split.head(IMAGES), {}), model(IMAGES), atol=1e-6)


def test_the_activation_is_read_behind_pooling_and_normalization():
    layers = keras.layers
    image = layers.Input(tiny.SHAPE)
    x = layers.Conv2D(4, 3, name="conv")(image)
    x = layers.BatchNormalization(name="norm")(x)
    relu = layers.Activation("relu", name="relu")(layers.MaxPooling2D(name="pool")(x))
    model = keras.Model(image, layers.Dense(2)(layers.Flatten()(relu)))
    assert network.activation_output(model, "conv") is model.get_layer("relu").output
    assert [layer.name for layer in network.with_normalization(model, "conv")] == ["conv", "norm"]


def test_the_activation_of_the_layer_itself_is_read_at_the_layer():
    model = tiny.untrained()
    assert network.activation_output(model, "conv_1") is model.get_layer("conv_1").output


@pytest.mark.parametrize(
    ("activation", "keeps"), [("relu", True), ("tanh", True), ("sigmoid", False)]
)
def test_an_activation_keeps_zero_or_does_not(activation, keeps):
    assert network.keeps_zero(keras.layers.Conv2D(1, 1, activation=activation)) is keeps


def test_softmax_is_seen_wherever_it_stands():
    assert network.is_softmax(tiny.untrained())
    logits = tiny.untrained(logits=True)
    assert not network.is_softmax(logits)
    assert network.is_softmax(keras.Model(logits.input, keras.layers.Softmax()(logits.output)))
    assert network.is_softmax(
        keras.Model(logits.input, keras.layers.Activation("softmax")(logits.output))
    )
    assert network.is_softmax(
        keras.Model(logits.input, keras.layers.Reshape((4,))(keras.layers.Softmax()(logits.output)))
    )


def chain(*layers):
    return keras.Sequential([keras.layers.Input(tiny.SHAPE), *layers])


def test_the_activation_of_a_layer_is_not_read_behind_a_normalization_that_follows_it():
    layers = keras.layers
    model = chain(
        layers.Conv2D(4, 3, activation="relu", name="conv"), layers.BatchNormalization(),
        layers.Flatten(), layers.Dense(2),
    )  # fmt: skip
    assert network.activation_output(model, "conv") is model.get_layer("conv").output


def test_one_relu_may_follow_several_convolutions():
    layers = keras.layers
    image, relu = layers.Input(tiny.SHAPE), layers.ReLU(name="relu")
    x = relu(layers.Conv2D(4, 3, name="conv_1")(image))
    second = relu(layers.Conv2D(4, 3, name="conv_2")(x))
    model = keras.Model(image, layers.Dense(2)(layers.Flatten()(second)))
    assert network.activation_output(model, "conv_1") is x
    assert network.activation_output(model, "conv_2") is second


def test_a_normalization_of_several_layers_belongs_to_none_of_them():
    layers = keras.layers
    image, norm = layers.Input(tiny.SHAPE), layers.BatchNormalization()
    both = [norm(layers.Conv2D(4, 3, name=name)(image)) for name in ("a", "b")]
    model = keras.Model(image, layers.Dense(2)(layers.Flatten()(layers.Add()(both))))
    assert [layer.name for layer in network.with_normalization(model, "a")] == ["a"]


def test_a_normalization_of_another_axis_does_not_belong_to_the_channels():
    layers = keras.layers
    model = chain(
        layers.Conv2D(4, 3, name="conv"), layers.BatchNormalization(axis=1),
        layers.Flatten(), layers.Dense(2),
    )  # fmt: skip
    assert [layer.name for layer in network.with_normalization(model, "conv")] == ["conv"]


def test_channels_that_are_the_scores_of_the_classes_are_seen():
    layers = keras.layers
    model = chain(
        layers.Conv2D(4, 3, activation="relu", name="conv"), layers.Conv2D(4, 1, name="scores"),
        layers.GlobalAveragePooling2D(), layers.Activation("softmax"),
    )  # fmt: skip
    assert network.gives_scores(model, "scores") and not network.gives_scores(model, "conv")


def _ending_in(*last):
    layers = keras.layers
    keras.utils.set_random_seed(3)
    return keras.Sequential([layers.Input(tiny.SHAPE), layers.Conv2D(3, 12), *last])


@pytest.mark.parametrize(
    "last",
    [
        [keras.layers.Flatten, lambda: keras.layers.Dense(4, activation="softmax")],
        [keras.layers.Flatten, lambda: keras.layers.Dense(4), keras.layers.Softmax],
        [lambda: keras.layers.Activation("softmax"), keras.layers.Flatten],
        [lambda: keras.layers.Conv2D(4, 1, activation="softmax"), keras.layers.Flatten],
        [lambda: keras.layers.SeparableConv2D(4, 1, activation="softmax"), keras.layers.Flatten],
    ],
)
def test_the_softmax_of_the_logits_is_what_the_model_says(last):
    model = _ending_in(*(layer() for layer in last))
    scores = network.logits(model)(IMAGES)
    assert not np.allclose(np.sum(scores, axis=-1), 1)
    assert np.allclose(keras.activations.softmax(scores), model(IMAGES), atol=1e-6)


def test_a_model_of_logits_gives_its_own():
    model = tiny.untrained(logits=True)
    assert np.allclose(network.logits(model)(IMAGES), model(IMAGES))


def test_logits_follow_the_weights_of_the_model():
    model = tiny.untrained()
    scores, before = network.logits(model), model(IMAGES)
    model.set_weights([weight * 2 for weight in model.get_weights()])
    assert not np.allclose(keras.activations.softmax(scores(IMAGES)), before)
