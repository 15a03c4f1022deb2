import pytest

from core import errors
from core.modelfile import TensorRef, operations
from core.modelfile.nodes import Node


def arguments(class_name, function, *constants):
    rescale = operations.rescaling(class_name, {"function": function}, "here")
    return operations.arguments(rescale, (Node((TensorRef("a"),), constants),), "here")


@pytest.mark.parametrize(
    ("function", "constant", "scale", "offset"),
    [
        ("math.truediv", 4.0, 0.25, 0.0),
        ("math.divide", 4.0, 0.25, 0.0),
        ("math.multiply", 4.0, 4.0, 0.0),
        ("math.add", 4.0, 1.0, 4.0),
        ("__operators__.add", 4.0, 1.0, 4.0),
        ("math.subtract", 4.0, 1.0, -4.0),
    ],
)
def test_arithmetic_with_a_constant_is_a_rescaling(function, constant, scale, offset):
    assert arguments("TFOpLambda", function, constant) == {"scale": scale, "offset": offset}


def test_keras_3_names_the_operation_by_its_class():
    assert arguments("TrueDivide", None, 2.0) == {"scale": 0.5, "offset": 0.0}


def test_keras_3_tells_an_operation_from_a_layer_by_its_module():
    assert operations.is_operation("Multiply", "keras.src.ops.numpy")
    assert not operations.is_operation("Multiply", "keras.layers")
    assert not operations.is_operation("Matmul", "keras.src.ops.numpy")


@pytest.mark.parametrize("function", ["io.write_file", "load_op_library", "math.pow", None, 3])
def test_any_other_operation_is_refused(function):
    with pytest.raises(errors.UnsafeModel, match="TensorFlow operation"):
        arguments("TFOpLambda", function, 2.0)


@pytest.mark.parametrize("constants", [(), (1.0, 2.0), (0.0,), (1e-300,), (1e300,)])
def test_it_takes_one_usual_constant(constants):
    with pytest.raises(errors.UnsafeModel, match="with one number"):
        arguments("TFOpLambda", "math.truediv", *constants)
