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
