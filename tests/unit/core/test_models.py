import dataclasses

import numpy as np
import pytest
import tf_keras as keras
from hypothesis import given, settings
from hypothesis import strategies as st

from core import errors, modelfile, models
from core.modelfile import Layer, TensorRef, configs, graph, shapes, variables
from tests.unit.core.modelfile import files

LAYERS = keras.layers
IMAGES = np.random.default_rng(3).uniform(size=(5, *files.SHAPE)).astype("float32")


def live(*layers, name="live"):
    return keras.Sequential([LAYERS.Input(files.SHAPE), *layers], name=name)


def small():
    keras.utils.set_random_seed(4)
    return live(
        LAYERS.Conv2D(3, 3, activation="relu", name="conv", kernel_regularizer="l1_l2"),
        LAYERS.BatchNormalization(name="norm"),
        LAYERS.Flatten(name="flat"),
        LAYERS.Dense(4, activation="softmax", name="scores"),
    )


def nested():
    keras.utils.set_random_seed(4)
    inner = live(LAYERS.Conv2D(2, 3, name="conv"), LAYERS.BatchNormalization(name="n"), name="in")
    inner.trainable = False
    return live(inner, LAYERS.Flatten(name="flat"), LAYERS.Dense(3, name="scores"))


def answers(model):
    return model.predict(IMAGES, verbose=0)


def test_a_model_is_built_with_the_weights_of_its_file():
    file = files.model()
    model = models.build(file)
    assert [layer.name for layer in model.layers] == ["image", "conv", "flat", "scores"]
    kernel, bias = model.get_layer("conv").get_weights()
    assert (kernel == file.weights["conv"].arrays[0]).all()
    assert (bias == file.weights["conv"].arrays[1]).all()


@pytest.mark.parametrize("make", [small, nested])
def test_a_live_model_is_described_built_again_and_answers_the_same(make):
    model = make()
    again = models.build(models.describe(model, name="again"))
    assert np.abs(answers(model) - answers(again)).max() < 1e-6


def test_layers_of_nested_networks_can_be_reached():
    model = models.build(models.describe(nested(), name="flat"))
    assert not model.get_layer("in.conv").trainable
    assert model.get_layer("scores").trainable


def test_options_that_only_training_uses_are_kept():
    model = models.copy(small())
    regularizer = model.get_layer("conv").kernel_regularizer
    assert (float(regularizer.l1), float(regularizer.l2)) == pytest.approx((0.01, 0.01))


def test_a_copy_has_weights_of_its_own():
    model = small()
    before = answers(model)
    copied = models.copy(model)
    copied.set_weights([array + 1 for array in copied.get_weights()])
    assert (answers(model) == before).all()
    assert (answers(copied) != before).any()


def test_a_copy_of_a_normalization_normalizes():
    normalization = LAYERS.Normalization(name="norm")
    normalization.adapt(IMAGES * 9)
    model = live(normalization, LAYERS.Flatten(), LAYERS.Dense(2))
    assert np.abs(answers(model) - answers(models.copy(model))).max() < 1e-6


def test_what_was_trained_is_captured_in_the_same_file():
    file = models.describe(nested(), name="before")
    model = models.build(file)
    layer = model.get_layer("in.conv")
    layer.set_weights([array + 1 for array in layer.get_weights()])
    captured = models.captured(file, model)
    assert captured.source_config == file.source_config
    assert (captured.weights["in.conv"].arrays[1] == file.weights["in.conv"].arrays[1] + 1).all()
    assert answers(models.build(captured)).tolist() == answers(model).tolist()


def test_a_model_that_gained_layers_is_captured_in_a_file_of_its_own(tmp_path):
    file = models.describe(nested(), name="before")
    model = models.build(file)
    grown = keras.Model(model.inputs, LAYERS.ReLU(name="more")(model.outputs[0]))
    captured = models.captured(file, grown)
    modelfile.write(captured, tmp_path / "grown.h5")
    loaded = keras.models.load_model(tmp_path / "grown.h5", compile=False)
    assert captured.name == "before"
    assert np.abs(answers(loaded) - answers(grown)).max() < 1e-6


def test_a_model_without_the_layers_of_the_file_cannot_be_captured():
    file = files.model()
    with pytest.raises(errors.UnknownLayer, match="'conv'"):
        models.captured(file, live(LAYERS.Flatten(), LAYERS.Dense(4)))


def test_a_weight_that_became_nan_is_refused():
    file = files.model()
    model = models.build(file)
    model.get_layer("scores").bias.assign([0, 0, 0, np.nan])
    with pytest.raises(errors.NonFiniteWeights, match="'scores'"):
        models.captured(file, model)


def test_a_live_model_with_a_lambda_is_refused():
    model = live(LAYERS.Lambda(lambda x: x, name="code"), LAYERS.Flatten(), LAYERS.Dense(2))
    with pytest.raises(errors.UnsafeModel, match="Lambda"):
        models.describe(model, name="bad")


class Own(keras.Model):
    def call(self, images):
        return images


class Silent(Own):
    def get_config(self):
        raise NotImplementedError("no")


@pytest.mark.parametrize(("kind", "words"), [(Own, "'Own'"), (Silent, "Sequential or Functional")])
def test_a_model_of_a_class_of_its_own_is_refused(kind, words):
    with pytest.raises(errors.UnsafeModel, match=words):
        models.describe(kind(), name="own")


def test_what_keras_refuses_is_told_with_the_layer():
    file = files.model()
    image, conv, *others = file.architecture.layers
    odd = dataclasses.replace(conv, options={**conv.options, "strides": 2, "dilation_rate": 2})
    architecture = dataclasses.replace(file.architecture, layers=(image, odd, *others))
    with pytest.raises(errors.NotAModel, match="'conv' cannot be built"):
        models.build(dataclasses.replace(file, architecture=architecture))


# What our shapes and variables say is what Keras builds, over the options that matter.

PADDING = st.sampled_from(["valid", "same"])
SMALL = st.integers(1, 3)
PAIR = st.tuples(SMALL, SMALL)
TWO = st.sampled_from([1, 2])
CONVOLUTION = {"kernel_size": PAIR, "strides": SMALL, "padding": PADDING, "use_bias": st.booleans()}
POOLING = {"pool_size": PAIR, "strides": st.none() | PAIR, "padding": PADDING}
AXIS = st.sampled_from([-3, -2, -1, 1, 2, 3])
LAYER = st.one_of(
    st.tuples(st.just(kind), st.fixed_dictionaries(options))
    for kind, options in {
        "Conv2D": {**CONVOLUTION, "filters": st.sampled_from([2, 4]), "groups": TWO},
        "DepthwiseConv2D": {**CONVOLUTION, "depth_multiplier": SMALL},
        "SeparableConv2D": {**CONVOLUTION, "filters": SMALL, "depth_multiplier": SMALL},
        "MaxPooling2D": POOLING,
        "AveragePooling2D": POOLING,
        "GlobalMaxPooling2D": {"keepdims": st.booleans()},
        "ZeroPadding2D": {"padding": st.one_of(SMALL, PAIR, st.tuples(PAIR, PAIR))},
        "UpSampling2D": {"size": st.one_of(SMALL, PAIR)},
        "Dense": {"units": SMALL, "use_bias": st.booleans()},
        "BatchNormalization": {"axis": AXIS, "center": st.booleans(), "scale": st.booleans()},
        "Normalization": {"axis": AXIS},
        "Reshape": {"target_shape": st.sampled_from([(-1,), (4, -1), (-1, 7, 2), (140, 1)])},
        "Softmax": {"axis": AXIS},
    }.items()
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(LAYER)
def test_shapes_and_variables_are_those_that_keras_makes(drawn):
    kind, options = drawn
    options = {name: value for name, value in options.items() if value is not None}
    layer = files.layer(kind, "a", "image", **options)
    network = modelfile.Architecture(
        name="net", kind="Functional", input_shape=(7, 5, 4), inputs=(TensorRef("image"),),
        layers=(files.layer("InputLayer", "image", shape=(7, 5, 4)), layer),
        outputs=(TensorRef("a"),),
    )  # fmt: skip
    made = getattr(LAYERS, kind)(**options)
    shape = made(keras.Input((7, 5, 4))).shape[1:]
    assert shapes.outputs(network)[TensorRef("a")] == tuple(shape)
    own = variables.variables(network).get("a", ())
    assert [item.shape for item in own] == [tuple(item.shape) for item in made.weights]
    assert [item.dtype for item in own] == [item.dtype.name for item in made.weights]
    trainable = {id(item) for item in made.trainable_weights}
    assert [item.trainable for item in own] == [id(item) in trainable for item in made.weights]


def test_every_layer_on_the_allow_list_is_one_of_keras():
    assert all(hasattr(LAYERS, kind) for kind in configs.allowlist.LAYERS)


def test_a_shared_layer_is_built_once():
    shared = Layer(
        kind="Conv2D",
        name="conv",
        options={"filters": 3, "kernel_size": 1},
        calls=((TensorRef("image"),), (TensorRef("conv"),)),
    )
    scores = dataclasses.replace(
        files.layer("Dense", "scores", units=2), calls=((TensorRef("flat"),),)
    )
    flat = dataclasses.replace(files.layer("Flatten", "flat"), calls=((TensorRef("conv", 1),),))
    file = modelfile.from_layers(
        name="shared",
        layers=[files.layer("InputLayer", "image", shape=files.SHAPE), shared, flat, scores],
        inputs=[TensorRef("image")],
        outputs=[TensorRef("scores")],
        weights={
            "conv": modelfile.LayerWeights(
                ("k", "b"), (np.ones((1, 1, 3, 3), "f4"), np.ones(3, "f4"))
            ),
            "scores": modelfile.LayerWeights(
                ("k", "b"), (np.ones((108, 2), "f4"), np.ones(2, "f4"))
            ),
        },
        metadata={},
    )
    twice = np.ones((5, 6, 6, 3)) * (3 * (IMAGES.sum(-1, keepdims=True) + 1) + 1)
    expected = twice.reshape(5, -1).sum(1, keepdims=True) + 1
    assert models.build(file).predict(IMAGES, verbose=0) == pytest.approx(np.tile(expected, 2))
    assert graph.flat(file.architecture) == file.network


def test_a_trainable_copy_can_be_trained_and_the_model_stays_frozen():
    model = small()
    model.trainable = False
    assert len(models.trainable_copy(model).trainable_weights) == 6
    assert not model.trainable_weights


def test_the_weights_of_a_trained_copy_come_into_a_copy_of_the_model():
    model = small()
    model.get_layer("norm").trainable = False
    trained = models.trainable_copy(model)
    trained.set_weights([weights + 1 for weights in trained.get_weights()])
    done = models.with_weights_of(model, trained)
    assert not done.get_layer("norm").trainable
    for expected, received in zip(trained.get_weights(), done.get_weights(), strict=True):
        assert np.array_equal(expected, received)
