import pytest

from core import errors
from core.modelfile import Architecture, Layer, TensorRef, variables
from tests.unit.core.modelfile.files import layer


def found(*layers, shape=(5, 5, 4)):
    image = Layer(kind="InputLayer", name="image", options={"shape": shape})
    net = Architecture(
        name="net",
        kind="Functional",
        layers=(image, *layers),
        inputs=(TensorRef("image"),),
        outputs=(TensorRef(layers[-1].name),),
        input_shape=shape,
    )
    return variables.variables(net)


def of(kind, **options):
    own = found(layer(kind, "a", "image", **options))["a"]
    return {variable.name: variable.shape for variable in own}


def test_a_convolution_has_a_kernel_and_a_bias():
    assert of("Conv2D", filters=6, kernel_size=(3, 2)) == {"kernel": (3, 2, 4, 6), "bias": (6,)}


def test_groups_share_the_channels_between_them():
    assert of("Conv2D", filters=6, kernel_size=3, groups=2)["kernel"] == (3, 3, 2, 6)


def test_a_depthwise_convolution_has_a_kernel_for_each_channel():
    own = of("DepthwiseConv2D", kernel_size=3, depth_multiplier=2)
    assert own == {"depthwise_kernel": (3, 3, 4, 2), "bias": (8,)}


def test_a_separable_convolution_has_two_kernels():
    own = of("SeparableConv2D", kernel_size=3, filters=5, use_bias=False)
    assert own == {"depthwise_kernel": (3, 3, 4, 1), "pointwise_kernel": (1, 1, 4, 5)}


def test_a_dense_layer_works_on_the_last_axis():
    assert of("Dense", units=7) == {"kernel": (4, 7), "bias": (7,)}


def test_batch_normalization_leaves_out_what_it_is_told_to():
    assert list(of("BatchNormalization")) == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert list(of("BatchNormalization", scale=False, center=False)) == [
        "moving_mean",
        "moving_variance",
    ]


def test_what_batch_normalization_counts_is_not_trained():
    own = found(layer("BatchNormalization", "a", "image", axis=(-1,)))["a"]
    assert [variable.trainable for variable in own] == [True, True, False, False]


def test_normalization_counts_or_is_told():
    assert of("Normalization", axis=(-1,)) == {"mean": (4,), "variance": (4,), "count": ()}
    assert not found(layer("Normalization", "a", "image", mean=1.0, variance=2.0))


def test_layers_without_weights_are_left_out():
    assert not found(layer("Flatten", "a", "image"))


def shared(units):
    """A dense layer on the image, and on what it gave; a last layer takes that."""
    calls = ((TensorRef("image"),), (TensorRef("a"),))
    end = Layer(kind="ReLU", name="end", calls=((TensorRef("a", 1),),))
    return Layer(kind="Dense", name="a", options={"units": units}, calls=calls), end


def test_a_shared_layer_has_its_weights_once():
    assert list(found(*shared(units=4))) == ["a"]


def test_a_layer_cannot_be_shared_by_different_shapes():
    with pytest.raises(errors.NotAModel, match="different shapes"):
        found(*shared(units=3))


def test_an_axis_that_is_not_there_is_refused():
    with pytest.raises(errors.NotAModel, match="no axis"):
        found(layer("BatchNormalization", "a", "image", axis=4))


def test_too_many_parameters_are_refused():
    with pytest.raises(errors.TooLarge, match="parameters"):
        found(layer("Dense", "a", "image", units=1 << 20), shape=(1, 1, 1 << 10))
