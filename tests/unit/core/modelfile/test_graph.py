import dataclasses

import pytest

from core import errors
from core.modelfile import Architecture, Layer, TensorRef, graph
from tests.unit.core.modelfile.files import layer

IMAGE = Layer(kind="InputLayer", name="image", options={"shape": (4, 4, 1)})


def network(*layers, name="net", output=None, inputs=("image",)):
    return Architecture(
        name=name,
        kind="Functional",
        layers=(IMAGE, *layers),
        inputs=tuple(TensorRef(item) for item in inputs),
        outputs=(output or TensorRef(layers[-1].name),),
        input_shape=(4, 4, 1),
    )


def nested(name, inner, *inputs):
    calls = tuple((TensorRef(item),) for item in inputs)
    return Layer(kind="Functional", name=name, calls=calls, network=inner)


def names(flat):
    return [item.name for item in flat.layers]


def test_a_flat_network_stays_as_it_is():
    net = network(layer("ReLU", "a", "image"), layer("ReLU", "b", "a"))
    assert graph.flat(net) == net


def test_layers_come_in_an_order_in_which_they_can_be_computed():
    net = network(layer("ReLU", "b", "a"), layer("ReLU", "a", "image"), output=TensorRef("b"))
    assert names(graph.flat(net)) == ["image", "a", "b"]


def test_nested_layers_are_named_by_their_path():
    inner = network(layer("ReLU", "a", "image"), name="inner")
    middle = network(nested("in", inner, "image"), name="middle")
    flat = graph.flat(network(nested("mid", middle, "image"), layer("ReLU", "end", "mid")))
    assert names(flat) == ["image", "mid.in.a", "end"]
    assert flat.layers[2].calls == ((TensorRef("mid.in.a"),),)


def test_a_network_that_is_called_twice_calls_its_layers_twice():
    inner = network(layer("ReLU", "a", "image"), name="inner")
    twice = dataclasses.replace(
        nested("in", inner, "image"), calls=((TensorRef("image"),), (TensorRef("in", 0),))
    )
    flat = graph.flat(network(twice, output=TensorRef("in", 1)))
    assert flat.layers[1].calls == ((TensorRef("image"),), (TensorRef("in.a", 0),))
    assert flat.outputs == (TensorRef("in.a", 1),)


def test_a_layer_in_a_frozen_network_is_frozen():
    inner = network(layer("ReLU", "a", "image"), name="inner")
    frozen = dataclasses.replace(nested("in", inner, "image"), trainable=False)
    assert not graph.flat(network(frozen)).layers[1].trainable


def test_a_circle_is_refused():
    net = network(layer("Add", "a", "image", "b"), layer("ReLU", "b", "a"))
    with pytest.raises(errors.NotAModel, match="needs its own result"):
        graph.flat(net)


@pytest.mark.parametrize("ref", [TensorRef("c"), TensorRef("a", 1), TensorRef("a", 0, 1)])
def test_a_reference_to_what_is_not_there_is_refused(ref):
    end = Layer(kind="ReLU", name="end", calls=((ref,),))
    with pytest.raises(errors.NotAModel):
        graph.flat(network(layer("ReLU", "a", "image"), end))


def test_an_output_that_is_not_there_is_refused():
    with pytest.raises(errors.NotAModel, match="not there"):
        graph.flat(network(layer("ReLU", "a", "image"), output=TensorRef("a", 0, 3)))


def test_a_layer_that_leads_to_no_output_is_refused():
    net = network(layer("ReLU", "a", "image"), layer("ReLU", "b", "image"))
    with pytest.raises(errors.NotAModel, match="'a' of 'net' leads to no output"):
        graph.flat(net)


def test_two_layers_of_one_flat_name_are_refused():
    inner = network(layer("ReLU", "b", "image"), name="inner")
    net = network(nested("a", inner, "image"), layer("ReLU", "a.b", "a"))
    with pytest.raises(errors.NotAModel, match="both called"):
        graph.flat(net)


def test_a_nested_network_takes_as_many_tensors_as_it_has_inputs():
    inner = network(layer("ReLU", "a", "image"), name="inner")
    two = dataclasses.replace(
        nested("in", inner, "image"), calls=((TensorRef("image"), TensorRef("image")),)
    )
    with pytest.raises(errors.NotAModel, match="takes 1 tensors, not 2"):
        graph.flat(network(two))


def test_calls_that_grow_with_each_level_are_refused():
    net = network(layer("ReLU", "a", "image"))
    for _ in range(5):
        refs = [TensorRef("image"), *(TensorRef("in", index) for index in range(9))]
        ten = Layer(kind="Functional", name="in", calls=tuple((r,) for r in refs), network=net)
        net = network(ten, output=TensorRef("in", 9))
    with pytest.raises(errors.TooLarge, match="called more than"):
        graph.flat(net)
