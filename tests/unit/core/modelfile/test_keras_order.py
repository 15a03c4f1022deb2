import pytest

from core.modelfile import Architecture, Layer, TensorRef
from core.modelfile.builtin import NAMED
from core.modelfile.keras_order import in_keras_order
from tests.unit.core.modelfile.files import layer


def order(*layers):
    image = Layer(kind="InputLayer", name="image", options={"shape": (4,)})
    net = Architecture(
        name="net",
        kind="Functional",
        layers=(image, *layers),
        inputs=(TensorRef("image"),),
        outputs=(TensorRef("end"),),
        input_shape=(4,),
    )
    return [item.name for item in in_keras_order(net)]


def test_what_is_further_from_the_output_comes_first():
    branches = [
        layer("ReLU", "a", "image"),
        layer("ReLU", "b", "a"),
        layer("ReLU", "c", "image"),
        layer("Add", "end", "b", "c"),
    ]
    assert order(*branches) == ["image", "a", "b", "c", "end"]
    assert order(*reversed(branches)) == ["image", "a", "b", "c", "end"]


def test_among_equals_the_first_argument_comes_first():
    parts = [layer("ReLU", "a", "image"), layer("ReLU", "b", "image")]
    assert order(*parts, layer("Add", "end", "b", "a")) == ["image", "b", "a", "end"]


def test_a_shared_layer_stands_where_it_is_furthest():
    shared = Layer(kind="ReLU", name="s", calls=((TensorRef("image"),), (TensorRef("a"),)))
    between = layer("ReLU", "a", "s")
    end = Layer(kind="ReLU", name="end", calls=((TensorRef("s", 1),),))
    assert order(end, between, shared) == ["image", "s", "a", "end"]


@pytest.mark.parametrize("name", NAMED)
def test_the_built_in_architectures_are_in_the_order_of_keras(name):
    assert in_keras_order(NAMED[name]) == NAMED[name].layers
