import dataclasses

from core.modelfile import Variable, configs, dialect
from core.modelfile.builtin import NAMED
from tests.unit.core.modelfile import files


def test_a_description_goes_to_a_configuration_and_back():
    net = configs.architecture(
        files.config(kernel_regularizer={"class_name": "L2", "config": {"l2": 0.5}})
    )
    assert configs.architecture(files.plain(dialect.keras_2_config(net))) == net


def test_the_built_in_architectures_go_there_and_back():
    for net in NAMED.values():
        assert configs.architecture(files.plain(dialect.keras_2_config(net))) == net


def test_only_layers_with_weights_say_that_they_are_frozen():
    net = configs.architecture(files.config())
    frozen = [dataclasses.replace(layer, trainable=False) for layer in net.layers]
    config = dialect.keras_2_config(dataclasses.replace(net, layers=tuple(frozen)))
    said = {item["name"]: item["config"].get("trainable") for item in config["config"]["layers"]}
    assert said == {"image": None, "conv": False, "flat": None, "scores": False}


def test_weights_are_named_as_keras_2_names_them():
    names = dialect.weight_names("a.b", (Variable("kernel", (1,)), Variable("bias", (1,))))
    assert names == ("a.b/kernel:0", "a.b/bias:0")
