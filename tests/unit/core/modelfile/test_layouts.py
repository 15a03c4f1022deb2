import dataclasses

from core.modelfile import Layer, configs, graph, layouts, variables
from core.modelfile.layouts import Slot
from tests.unit.core.modelfile import files
from tests.unit.core.modelfile.files import entry
from tests.unit.core.modelfile.files import graph as network


def nested(*, frozen=False):
    """image → in (conv → norm → conv_1) → flat → scores."""
    inner = network(
        files.image(name="inside"),
        entry("Conv2D", "conv", "inside", filters=3, kernel_size=3, trainable=not frozen),
        entry("BatchNormalization", "norm", "conv"),
        entry("Conv2D", "conv_1", "norm", filters=2, kernel_size=1, use_bias=False),
        name="in",
    )
    return configs.architecture(
        network(
            files.image(),
            {**inner, "name": "in", "inbound_nodes": [[["image", 0, 0, {}]]]},
            entry("Flatten", "flat", "in"),
            entry("Dense", "scores", "flat", units=4),
        )
    )


def legacy(architecture):
    return layouts.legacy(architecture, variables.variables(graph.flat(architecture)))


def test_the_legacy_layout_has_the_outermost_layers_that_have_weights():
    assert list(legacy(nested())) == ["in", "scores"]


def test_in_a_nested_network_all_that_is_trained_comes_first():
    assert [(slot.layer, slot.index) for slot in legacy(nested())["in"]] == [
        ("in.conv", 0), ("in.conv", 1), ("in.norm", 0), ("in.norm", 1), ("in.conv_1", 0),
        ("in.norm", 2), ("in.norm", 3),
    ]  # fmt: skip


def test_a_frozen_layer_is_not_trained():
    slots = legacy(nested(frozen=True))["in"]
    assert slots[:3] == (Slot("in.norm", 0), Slot("in.norm", 1), Slot("in.conv_1", 0))
    assert slots[3:5] == (Slot("in.conv", 0), Slot("in.conv", 1))


def test_containers_are_named_by_class_and_counted():
    assert layouts.container(nested()) == {
        "image": "layers/input_layer",
        "in.inside": "layers/functional/layers/input_layer",
        "in.conv": "layers/functional/layers/conv2d",
        "in.norm": "layers/functional/layers/batch_normalization",
        "in.conv_1": "layers/functional/layers/conv2d_1",
        "flat": "layers/flatten",
        "scores": "layers/dense",
    }


def test_an_operation_keeps_its_own_name_and_is_no_layer_in_keras_3():
    architecture = configs.architecture(files.config())
    both = [
        Layer(kind="Rescaling", name="a", file_class="TFOpLambda"),
        Layer(kind="Rescaling", name="b", file_class="TrueDivide"),
        Layer(kind="Rescaling", name="c"),
    ]
    found = layouts.container(dataclasses.replace(architecture, layers=tuple(both)))
    assert found == {"a": "layers/tf_op_lambda", "c": "layers/rescaling"}


def test_the_input_is_no_layer_of_a_sequential():
    chain = {"class_name": "Sequential", "config": [files.image(), entry("ReLU", "a")]}
    stored = layouts.stored_layers(configs.architecture(chain))
    assert [layer.name for layer in stored] == ["a"]
