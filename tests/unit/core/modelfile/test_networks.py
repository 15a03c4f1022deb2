import pytest

from core import errors
from core.modelfile import Layer, TensorRef, networks
from tests.unit.core.modelfile.files import layer


def test_a_chain_starts_with_an_input_and_connects_each_layer_to_the_one_before():
    chain = networks.chain("net", (Layer(kind="Flatten", name="flat"),), (2, 2, 1))
    assert [item.kind for item in chain.layers] == ["InputLayer", "Flatten"]
    assert chain.layers[1].calls == ((TensorRef("net_input"),),)
    assert chain.outputs == (TensorRef("flat"),)
    assert chain.input_shape == (2, 2, 1)


def test_the_name_of_the_input_that_a_chain_is_given_is_free():
    chain = networks.chain("net", (Layer(kind="Flatten", name="net_input"),), None)
    assert len({item.name for item in chain.layers}) == 2


def test_a_chain_has_no_input_in_its_middle():
    layers = (Layer(kind="Flatten", name="a"), Layer(kind="InputLayer", name="b"))
    with pytest.raises(errors.NotAModel, match="in its middle"):
        networks.chain("net", layers, (2, 2, 1))


def test_calls_of_a_nested_network_are_counted_from_zero():
    inner = networks.chain("inner", (Layer(kind="Flatten", name="flat"),), None)
    image = Layer(kind="InputLayer", name="image", options={"shape": (2, 2, 1)})
    nested = Layer(kind="Sequential", name="in", calls=((TensorRef("image"),),), network=inner)
    after = Layer(kind="ReLU", name="r", calls=((TensorRef("in", 1),),))  # as Keras 2 counts
    net = networks.functional(
        "net", (image, nested, after), (TensorRef("image"),), (TensorRef("r"),)
    )
    assert net.layers[2].calls == ((TensorRef("in", 0),),)


def test_the_inputs_of_a_graph_are_its_input_layers():
    layers = (layer("Flatten", "flat", "image"),)
    with pytest.raises(errors.NotAModel, match="input layers"):
        networks.functional("net", layers, (TensorRef("image"),), (TensorRef("flat"),))
