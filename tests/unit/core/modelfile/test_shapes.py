import pytest

from core import errors
from core.modelfile import Architecture, Layer, TensorRef, shapes
from tests.unit.core.modelfile.files import layer


def output(kind, *inputs, **options):
    """The shape that one layer gives for inputs of these shapes, all made of one image."""
    image = Layer(kind="InputLayer", name="image", options={"shape": inputs[0]})
    parts = [layer("Reshape", f"r{n}", "image", target_shape=s) for n, s in enumerate(inputs)]
    names = [item.name for item in parts]
    net = Architecture(
        name="net",
        kind="Functional",
        layers=(image, *parts, layer(kind, "end", *names, **options)),
        inputs=(TensorRef("image"),),
        outputs=(TensorRef("end"),),
        input_shape=inputs[0],
    )
    return shapes.outputs(net)[TensorRef("end")]


IMAGE = (7, 9, 4)


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("Conv2D", {"filters": 6, "kernel_size": 3}, (5, 7, 6)),
        ("Conv2D", {"filters": 6, "kernel_size": (3, 2), "strides": 2}, (3, 4, 6)),
        ("Conv2D", {"filters": 6, "kernel_size": 3, "dilation_rate": (3, 2)}, (1, 5, 6)),
        ("Conv2D", {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same"}, (4, 5, 6)),
        ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}, (5, 7, 8)),
        ("SeparableConv2D", {"filters": 5, "kernel_size": 3}, (5, 7, 5)),
        ("Dense", {"units": 3}, (7, 9, 3)),
        ("MaxPooling2D", {}, (3, 4, 4)),
        ("AveragePooling2D", {"pool_size": 3, "strides": 1, "padding": "same"}, (7, 9, 4)),
        ("GlobalMaxPooling2D", {}, (4,)),
        ("GlobalAveragePooling2D", {"keepdims": True}, (1, 1, 4)),
        ("ZeroPadding2D", {"padding": ((1, 0), (2, 3))}, (8, 14, 4)),
        ("ZeroPadding2D", {"padding": (1, 2)}, (9, 13, 4)),
        ("ZeroPadding2D", {}, (9, 11, 4)),
        ("UpSampling2D", {"size": (2, 3)}, (14, 27, 4)),
        ("Flatten", {}, (252,)),
        ("Reshape", {"target_shape": (-1, 4)}, (63, 4)),
        ("Softmax", {}, IMAGE),
    ],
)
def test_the_shape_of_what_comes_out(kind, options, expected):
    assert output(kind, IMAGE, **options) == expected


@pytest.mark.parametrize(
    ("kind", "inputs", "options", "expected"),
    [
        ("Add", [(2, 3), (2, 3), (2, 3)], {}, (2, 3)),
        ("Multiply", [(6, 1), (1, 6)], {}, (6, 6)),
        ("Subtract", [(2, 3), (2, 3)], {}, (2, 3)),
        ("Concatenate", [(2, 3), (2, 3)], {"axis": 1}, (4, 3)),
        ("Concatenate", [(2, 3), (2, 3)], {}, (2, 6)),
        ("Dot", [(6,), (6,)], {"axes": 1}, (1,)),
        ("Dot", [(2, 3), (3, 2)], {"axes": (2, 1)}, (2, 2)),
    ],
)
def test_the_shape_of_what_comes_out_of_several(kind, inputs, options, expected):
    assert output(kind, *inputs, **options) == expected


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("Conv2D", {"filters": 2, "kernel_size": 8}),
        ("Conv2D", {"filters": 3, "kernel_size": 1, "groups": 2}),
        ("Conv2D", {"filters": 2, "kernel_size": (1, 1, 1)}),
        ("Conv2D", {"filters": 2, "kernel_size": 1, "strides": 2, "dilation_rate": (1, 2)}),
        ("MaxPooling2D", {"pool_size": 10}),
        ("Rescaling", {"scale": (1.0, 2.0)}),
        ("Softmax", {"axis": 4}),
        ("Dropout", {"rate": 0.1, "noise_shape": (None, 1)}),
        ("Reshape", {"target_shape": (5, -1)}),
        ("Reshape", {"target_shape": (-1, -1)}),
        ("Reshape", {"target_shape": (252, 2)}),
        ("Add", {}),
        ("Concatenate", {}),
        ("Dot", {"axes": 1}),
        ("ZeroPadding2D", {"padding": ((1, 2, 3), 1)}),
    ],
)
def test_a_layer_that_does_not_fit_its_input_is_refused(kind, options):
    with pytest.raises(errors.NotAModel, match="'end'"):
        output(kind, IMAGE, **options)


def test_dropout_of_whole_channels_takes_an_image():
    with pytest.raises(errors.NotAModel, match="height, width, channels"):
        output("SpatialDropout2D", (252,), rate=0.1)


@pytest.mark.parametrize("axis", [0, 3, -3])
def test_an_axis_that_is_not_there_is_refused(axis):
    with pytest.raises(errors.NotAModel, match="no axis"):
        output("Concatenate", (2, 3), (2, 3), axis=axis)


def test_a_layer_that_gives_too_much_is_refused():
    with pytest.raises(errors.TooLarge, match="numbers for one image"):
        output("UpSampling2D", (2048, 64, 1), size=64)
