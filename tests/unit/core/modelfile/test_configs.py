import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import errors
from core.modelfile import TensorRef, configs
from tests.unit.core.modelfile import files
from tests.unit.core.modelfile.files import entry, graph, image


def sequential(*layers, **more):
    return {"class_name": "Sequential", "config": {"name": "s", "layers": list(layers), **more}}


def refused(config, error=errors.UnsafeModel, words=None, **details):
    with pytest.raises(error, match=words) as caught:
        configs.architecture(config)
    assert {key: caught.value.details.get(key) for key in details} == details


def changed(config, layer, **values):
    """The configuration with other values in one layer's options."""
    copy = files.plain(config)
    (found,) = [item for item in copy["config"]["layers"] if item["name"] == layer]
    found["config"].update(values)
    return copy


def test_a_graph_is_described_layer_by_layer():
    net = configs.architecture(files.config())
    assert [layer.kind for layer in net.layers] == ["InputLayer", "Conv2D", "Flatten", "Dense"]
    assert net.input_shape == files.SHAPE
    assert net.outputs == (TensorRef("scores"),)
    assert net.layers[1].options["kernel_size"] == (3, 3)


@pytest.mark.parametrize("class_name", ["Model", "Functional"])
def test_a_graph_has_two_names(class_name):
    config = {**files.config(), "class_name": class_name}
    assert configs.architecture(config).kind == "Functional"


def test_old_sequential_models_are_lists_and_say_their_shape_in_the_first_layer():
    first = entry("Flatten", "a", batch_input_shape=[None, 2, 2, 1])
    net = configs.architecture({"class_name": "Sequential", "config": [first]})
    assert net.input_shape == (2, 2, 1)


def test_a_sequential_may_say_its_shape_where_it_was_built():
    net = configs.architecture(sequential(entry("Flatten", "a"), build_input_shape=[None, 2, 2, 1]))
    assert net.input_shape == (2, 2, 1)


def test_what_was_said_about_training_is_not_kept():
    config = {**files.config(), "compile_config": {"loss": {"class_name": "Evil"}}}
    config["config"]["layers"][1]["compile_config"] = {"any": "thing"}
    assert configs.architecture(config).source_config == files.config()


@pytest.mark.parametrize("kind", ["Lambda", "TimeDistributed", "StringLookup", "SlicingOpLambda"])
def test_a_layer_that_is_not_listed_is_refused_by_name(kind):
    bad = graph(image(), entry(kind, "bad", "image"))
    refused(bad, words=f"'bad' is a '{kind}'", place="bad", received=kind)


def test_a_lambda_in_a_nested_network_is_refused_with_its_path():
    inner = {**graph(image(), entry("Lambda", "bad", "image"), name="inner"), "name": "inner"}
    outer = graph(image(), {**inner, "inbound_nodes": [[["image", 0, 0, {}]]]})
    refused(outer, words="'inner.bad'", place="inner.bad")


def test_a_tensorflow_operation_is_refused_by_name():
    bad = entry("TFOpLambda", "w", function="io.write_file")
    bad["inbound_nodes"] = [["image", 0, 0, {"contents": "text"}]]
    refused(graph(image(), bad), words=r"io\.write_file", place="w")


def test_division_by_a_constant_becomes_a_rescaling():
    division = entry("TFOpLambda", "d", function="math.truediv")
    division["inbound_nodes"] = [["image", 0, 0, {"y": 4.0, "name": None}]]
    layer = configs.architecture(graph(image(), division)).layers[1]
    assert (layer.kind, layer.file_class) == ("Rescaling", "TFOpLambda")
    assert layer.options == {"scale": 0.25, "offset": 0.0}


@pytest.mark.parametrize(
    "extra",
    [
        {"module": "os"},
        {"module": "keras.layers", "registered_name": "my>Dense"},
        {"module": ["keras"]},
        {"build_config": {"input_shape": [None, 3], "function": "x"}},
        {"build_config": [1]},
        {"surprise": 1},
        {"shared_object_id": "1"},
    ],
)
def test_an_entry_that_is_not_as_keras_writes_it_is_refused(extra):
    refused(graph(image(), {**entry("Flatten", "a", "image"), **extra}), place="a")


def test_a_layer_that_two_networks_share_is_refused():
    first, second = entry("Flatten", "a", "image"), entry("ReLU", "b", "a")
    shared = graph(image(), {**first, "shared_object_id": 3}, {**second, "shared_object_id": 3})
    refused(shared, words="shared between")


@pytest.mark.parametrize(
    "name", ["", "../a", "a..b", "/a", "a b", "<b>", "a\nb", "x" * 200, "_a", ".", None, 7, "a//b"]
)
def test_a_name_that_could_lead_elsewhere_is_refused(name):
    refused(graph(image(), {**entry("Flatten", "a", "image"), "name": name} | {
        "config": {"name": name}}, outputs=[["a", 0, 0]]))  # fmt: skip


@pytest.mark.parametrize("name", ["conv1/conv", "block1.a-b_c", "2x"])
def test_names_as_keras_has_them_are_read(name):
    assert configs.architecture(graph(image(), entry("Flatten", name, "image"))).layers


@pytest.mark.parametrize(
    "shape",
    [None, [], [None], [2, 4, 4, 3], [None, None, None, 3], [None, 0, 4, 3], "x", [None, 1e9]],
)
def test_an_input_needs_a_fixed_shape(shape):
    refused(changed(files.config(), "image", batch_input_shape=shape), words="shape")


@pytest.mark.parametrize("flag", ["sparse", "ragged", "optional"])
def test_an_input_is_dense(flag):
    refused(changed(files.config(), "image", **{flag: True}), words="dense")


@pytest.mark.parametrize("dtype", ["bfloat16", "int8", {"class_name": "Evil", "config": {}}, 3])
def test_a_model_computes_in_a_type_that_is_read(dtype):
    refused(changed(files.config(), "conv", dtype=dtype), option="dtype", place="conv")


def test_another_precision_becomes_float32_and_is_told():
    described = configs.architecture(changed(files.config(), "conv", dtype="float64"))
    assert "float64" not in str(described.source_config)
    assert "computes in float64" in described.warnings[0]
    assert configs.architecture(described.source_config).warnings == ()


@pytest.mark.parametrize("class_name", ["DTypePolicy", "Policy"])
def test_float32_may_be_said_as_a_policy(class_name):
    policy = {"module": "keras", "class_name": class_name, "config": {"name": "float32"}}
    assert configs.architecture(changed(files.config(), "conv", dtype=policy))


def test_hard_sigmoid_is_another_function_in_keras_3():
    config = files.config(activation="hard_sigmoid")
    assert configs.architecture(config, keras_version="2.15.0")
    with pytest.raises(errors.UnsafeModel, match="hard_sigmoid"):
        configs.architecture(config, keras_version="3.1.0")


def test_a_hard_activation_of_keras_3_becomes_a_network():
    hard = files.entry("Activation", "hard", "conv", activation="hard_silu")
    described = configs.architecture(files.config(extra=(hard,)), keras_version="3.1.0")
    layer = next(layer for layer in described.layers if layer.name == "hard")
    assert [inner.kind for inner in layer.network.layers][1:] == ["Rescaling", "ReLU", "Multiply"]


def test_what_only_keras_3_has_is_that_of_keras_3_whoever_is_said_to_have_written_it():
    hard = files.config(extra=(files.entry("Activation", "hard", "conv", activation="hard_silu"),))
    networks = [
        configs.architecture(hard, keras_version=version).layers[2].network
        for version in ("2.15.0", "3.1.0")
    ]
    assert networks[0] == networks[1] is not None
    with pytest.raises(errors.UnsafeModel, match="hard_silu"):
        configs.architecture(files.config(activation="hard_silu"), keras_version="2.15.0")


def test_an_input_that_is_called_is_no_input():
    called = files.entry("InputLayer", "second", "conv", batch_input_shape=[None, 6, 6, 3])
    refused(files.config(extra=(called,)), error=errors.NotAModel, words="called like a layer")


def test_an_operation_without_a_module_is_known_by_its_constant():
    added = files.entry("Add", "shift")
    added["inbound_nodes"] = [{"args": [_tensor("conv"), 3.0], "kwargs": {}}]
    described = configs.architecture(files.config(extra=(added,)), keras_version="3.1.0")
    layer = next(layer for layer in described.layers if layer.name == "shift")
    assert (layer.kind, layer.options) == ("Rescaling", {"scale": 1.0, "offset": 3.0})


@pytest.mark.parametrize("trainable", [None, 1, "yes"])
def test_trainable_is_true_or_false(trainable):
    refused(changed(files.config(), "conv", trainable=trainable), option="trainable")


@pytest.mark.parametrize(
    "config",
    [
        None,
        [],
        {},
        {"class_name": "Functional"},
        {"class_name": "Functional", "config": []},
        {"class_name": "Dense", "config": {"name": "d", "units": 3}},
        sequential(),
        graph(image(), entry("Flatten", "image", "image"), outputs=[["image", 0, 0]]),
        {"class_name": "Functional", "config": {"name": "f", "layers": [image()]}},
    ],
)
def test_what_is_no_model_is_refused(config):
    refused(config, errors.NotAModel)


def test_networks_nested_too_deep_are_refused():
    config = entry("Flatten", "a", batch_input_shape=[None, 2, 2, 1])
    for depth in range(7):
        config = {**sequential(config), "name": f"s{depth}"}
        config["config"]["name"] = f"s{depth}"
    refused(config, errors.TooLarge, "nested more than")


def test_too_many_layers_are_refused():
    layers = [entry("ReLU", f"r{n}") for n in range(2001)]
    refused(sequential(image(), *layers), errors.TooLarge, "layers")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 300) | st.sampled_from(["a", "Lambda", "relu"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["class_name", "config", "name", "layers"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=200)
@given(st.sampled_from(["image", "conv", "flat", "scores"]), st.data(), JUNK)
def test_junk_anywhere_in_a_configuration_is_read_or_refused(layer, data, junk):
    config = files.config()
    (found,) = [item for item in config["config"]["layers"] if item["name"] == layer]
    place = data.draw(st.sampled_from([config, config["config"], found, found["config"]]))
    place[data.draw(st.sampled_from([*place, "module", "dtype", "activation"]))] = junk
    try:
        configs.architecture(config)
    except errors.InvalidInput as error:
        assert str(error)


def _tensor(layer):
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [layer, 0, 0]}}
