import pytest

from core import errors
from core.modelfile import TensorRef, nodes

A, B = TensorRef("a"), TensorRef("b", 2, 1)


def keras_3(*arguments, **keywords):
    return [{"args": list(arguments), "kwargs": keywords}]


def tensor(*history):
    config = {"shape": [None, 3], "dtype": "float32", "keras_history": list(history)}
    return {"class_name": "__keras_tensor__", "config": config}


@pytest.mark.parametrize(
    "inbound",
    [
        [[["a", 0, 0, {}], ["b", 2, 1, {}]]],
        [[["a", 0, 0], ["b", 2, 1, {"training": None, "mask": None}]]],
        keras_3([tensor("a", 0, 0), tensor("b", 2, 1)]),
        keras_3(tensor("a", 0, 0), tensor("b", 2, 1), mask=None, training=False),
    ],
)
def test_both_dialects_say_the_same(inbound):
    assert nodes.parse(inbound, "here") == (nodes.Node((A, B)),)


def test_each_call_of_a_shared_layer_is_a_node():
    inbound = [[["a", 0, 0, {}]], [["b", 2, 1, {}]]]
    assert nodes.tensors_only(nodes.parse(inbound, "here"), "here") == ((A,), (B,))


@pytest.mark.parametrize(
    "inbound", [[["a", 0, 0, {"y": 255.0, "name": None}]], keras_3(tensor("a", 0, 0), 255)]
)
def test_the_constant_of_an_operation_is_found(inbound):
    assert nodes.parse(inbound, "here") == (nodes.Node((A,), (255.0,)),)


@pytest.mark.parametrize(
    "inbound",
    [
        [[["a", 0, 0, {"training": True}]]],
        [[["a", 0, 0, {"name": "x"}]]],
        [["a", 0, 0, {"contents": "text"}]],
        keras_3(tensor("a", 0, 0), "text"),
        keras_3(tensor("a", 0, 0), path="/etc/passwd"),
        keras_3({"class_name": "function", "config": {"keras_history": ["a", 0, 0]}}),
    ],
)
def test_any_other_argument_is_refused(inbound):
    with pytest.raises(errors.UnsafeModel, match="may only be called on"):
        nodes.parse(inbound, "here")


@pytest.mark.parametrize(
    "inbound",
    [
        "a",
        {"a": 0},
        [[]],
        [[["a", 0]]],
        [[["a", -1, 0, {}]]],
        [[["_CONSTANT_VALUE", -1, 3, {}]]],
        [[["a", 0, 0, 7]]],
        [[["a", "0", 0, {}]]],
        [{"args": []}],
        [{"args": "a", "kwargs": {}}],
        [{"kwargs": {}}],
        [[["a", 0, 0, {}]]] * 2000,
    ],
)
def test_another_form_is_refused(inbound):
    with pytest.raises(errors.NotAModel, match="Keras does not write"):
        nodes.parse(inbound, "here")


def test_a_layer_that_is_no_operation_takes_no_constant():
    calls = (nodes.Node((A,), (3.0,)),)
    with pytest.raises(errors.UnsafeModel, match=r"3\.0"):
        nodes.tensors_only(calls, "here")


def test_keras_3_leaves_out_the_outer_list_of_references():
    assert nodes.references(["a", 0, 0], "here") == nodes.references([["a", 0, 0]], "here") == (A,)


@pytest.mark.parametrize("value", [None, [], {}, "a", [["a"]], [[1, 0, 0]]])
def test_references_of_another_form_are_refused(value):
    with pytest.raises(errors.NotAModel):
        nodes.references(value, "here")
