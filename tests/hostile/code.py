"""Models that bring code, or name code that is there: nothing of it may run."""

import base64
import json
import marshal
from pathlib import Path

from tests.unit.core.modelfile import files
from tests.unit.core.modelfile.files import entry, graph, image

from .archives import keras
from .kinds import Traps, hostile

RUNS = "runs the code on load"
MODULE_GADGET = {
    "module": "os",
    "class_name": "function",
    "config": "mkdir",
    "registered_name": "mkdir",
}


def lambda_layer(traps: Traps, *inputs: str, name: str = "lam") -> dict:
    """A Lambda whose code, as Keras keeps it, makes the marker."""
    touch = f"lambda x: (open({str(traps.marker)!r}, 'w').close(), x)[1]"
    code = compile(touch, "<hostile>", "eval").co_consts[0]
    packed = base64.b64encode(marshal.dumps(code)).decode()
    own = {"function": [packed, None, None], "function_type": "lambda", "arguments": {}}
    return entry("Lambda", name, *inputs, **own, output_shape=None, output_shape_type="raw")


def ending(name: str) -> list[dict]:
    return [entry("Flatten", "flat", name), entry("Dense", "scores", "flat", units=4)]


def one_layer(layer: dict) -> dict:
    """image → the layer → flat → scores."""
    return graph(image(), layer, *ending(layer["name"]))


def operation(function: str, *constants: object, **keywords: object) -> dict:
    layer = entry("TFOpLambda", "op", function=function)
    first, *others = constants
    named = {**keywords, **{f"argument_{n}": value for n, value in enumerate(others)}}
    layer["inbound_nodes"] = [["_CONSTANT_VALUE", -1, first, named]]
    return layer


@hostile("unsafe-model", stock=RUNS)
def lambda_in_h5(path: Path, traps: Traps) -> None:
    """A Lambda with bytecode in a Functional model."""
    files.h5(path, one_layer(lambda_layer(traps, "image")))


@hostile("unsafe-model", stock=RUNS)
def lambda_in_a_sequential(path: Path, traps: Traps) -> None:
    """A Lambda with bytecode in a Sequential model."""
    layers = [image(), lambda_layer(traps), entry("Flatten", "flat")]
    files.h5(path, {"class_name": "Sequential", "config": {"name": "net", "layers": layers}})


@hostile("unsafe-model", stock=RUNS)
def lambda_in_a_nested_model(path: Path, traps: Traps) -> None:
    """A Lambda inside a model inside the model, where scanners do not look."""
    inner = graph(image(name="inner_image"), lambda_layer(traps, "inner_image"), name="inner")
    nested = {**inner, "name": "inner", "inbound_nodes": [[["image", 0, 0, {}]]]}
    files.h5(path, graph(image(), nested, *ending("inner")))


@hostile("unsafe-model", stock=RUNS)
def lambda_in_a_wrapper(path: Path, traps: Traps) -> None:
    """A Lambda inside a TimeDistributed layer."""
    wrapper = entry("TimeDistributed", "each", "image", layer=lambda_layer(traps))
    files.h5(path, one_layer(wrapper))


@hostile("unsafe-model", stock=RUNS)
def lambda_in_the_output_shape(path: Path, traps: Traps) -> None:
    """A Lambda that names a harmless function, and has its code in the output shape."""
    layer = lambda_layer(traps, "image")
    config = layer["config"]
    swapped = {"output_shape": config["function"], "output_shape_type": "lambda"}
    layer["config"] = {**config, **swapped, "function": "relu", "function_type": "function"}
    files.h5(path, one_layer(layer))


@hostile("unsafe-model", suffix=".keras", stock="refuses")
def lambda_in_an_archive(path: Path, traps: Traps) -> None:
    """A Lambda with bytecode in a .keras file."""
    keras(path, one_layer(lambda_layer(traps, "image")))


@hostile("unsafe-model", suffix=".keras", stock="runs os.mkdir, in safe mode")
def function_gadget_in_an_archive(path: Path, traps: Traps) -> None:
    """A Lambda whose function is os.mkdir, called with a constant."""
    layer = entry("Lambda", "lam", function=MODULE_GADGET, arguments={})
    layer["inbound_nodes"] = [["_CONSTANT_VALUE", -1, str(traps.marker), {}]]
    keras(path, one_layer(layer))


@hostile("unsafe-model", stock="refuses")
def function_gadget_in_h5(path: Path, traps: Traps) -> None:
    """The same function gadget in an HDF5 file."""
    layer = entry("Lambda", "lam", function=MODULE_GADGET)
    layer["inbound_nodes"] = [["_CONSTANT_VALUE", -1, str(traps.marker), {}]]
    files.h5(path, one_layer(layer))


@hostile("unsafe-model", suffix=".keras", stock="imports the module")
def module_to_import(path: Path, traps: Traps) -> None:
    """A layer that lives in a module of the sender's choice, which a loader would import."""
    keras(path, one_layer({**entry("Conv2D", "conv", "image"), "module": "antigravity"}))


@hostile("unsafe-model", stock="writes the file on load")
def operation_that_writes(path: Path, traps: Traps) -> None:
    """The TensorFlow operation io.write_file with constants, and no Lambda anywhere."""
    files.h5(path, one_layer(operation("io.write_file", str(traps.marker), contents="x")))


@hostile("unsafe-model", stock="makes the folder on load")
def operation_that_makes_folders(path: Path, traps: Traps) -> None:
    """The TensorFlow function io.gfile.makedirs, which is exported, so it is callable."""
    files.h5(path, one_layer(operation("io.gfile.makedirs", str(traps.marker))))


@hostile("unsafe-model", suffix=".keras", stock="writes the file on load, in safe mode")
def operation_that_writes_in_an_archive(path: Path, traps: Traps) -> None:
    """io.write_file in a .keras file."""
    keras(path, one_layer(operation("io.write_file", str(traps.marker), contents="x")))


@hostile("unsafe-model", stock="would load the library")
def operation_that_loads_a_library(path: Path, traps: Traps) -> None:
    """The TensorFlow function load_op_library."""
    files.h5(path, one_layer(operation("load_op_library", str(traps.marker))))


@hostile("unsafe-model")
def operation_on_a_slice(path: Path, traps: Traps) -> None:
    """A SlicingOpLambda, which takes any function."""
    files.h5(path, one_layer(entry("SlicingOpLambda", "op", "image", function="strided_slice")))


@hostile("unsafe-model")
def method_of_an_instance(path: Path, traps: Traps) -> None:
    """An InstanceMethod, which calls any method of a TensorFlow class."""
    own = {"cls_ref": "tensorflow.python.framework.ops.Tensor", "method_name": "eval"}
    files.h5(path, one_layer(entry("InstanceMethod", "op", "image", **own)))


@hostile("unsafe-model", stock="reads the file")
def vocabulary_from_a_file(path: Path, traps: Traps) -> None:
    """A StringLookup whose vocabulary is the path of a file."""
    files.h5(path, one_layer(entry("StringLookup", "look", "image", vocabulary=str(traps.decoy))))


@hostile("unsafe-model")
def text_from_a_file(path: Path, traps: Traps) -> None:
    """A TextVectorization whose vocabulary is the path of a file."""
    own = {"vocabulary": str(traps.decoy), "standardize": None}
    files.h5(path, one_layer(entry("TextVectorization", "text", "image", **own)))


@hostile("unsafe-model")
def saved_model_as_a_layer(path: Path, traps: Traps) -> None:
    """A TFSMLayer, which loads a graph from a path."""
    files.h5(path, one_layer(entry("TFSMLayer", "graph", "image", filepath=str(traps.folder))))


@hostile("unsafe-model")
def torch_as_a_layer(path: Path, traps: Traps) -> None:
    """A TorchModuleWrapper, whose module is a pickle."""
    files.h5(path, one_layer(entry("TorchModuleWrapper", "torch", "image", module="gASVAAAA")))


@hostile("unsafe-model")
def unknown_layer(path: Path, traps: Traps) -> None:
    """A class that Keras does not have."""
    files.h5(path, one_layer(entry("Sneaky", "own", "image")))


@hostile("unsafe-model")
def registered_name(path: Path, traps: Traps) -> None:
    """A layer that goes by a registered name of its own."""
    files.h5(path, one_layer({**entry("ReLU", "own", "image"), "registered_name": "Evil>ReLU"}))


@hostile("unsafe-model", stock="refuses")
def module_of_an_initializer(path: Path, traps: Traps) -> None:
    """An initializer that lives in os."""
    gadget = {"module": "os", "class_name": "system", "config": {"command": "true"}}
    files.h5(path, files.config(kernel_initializer=gadget))


@hostile("unsafe-model")
def activation_that_is_a_function(path: Path, traps: Traps) -> None:
    """An activation that is os.mkdir."""
    files.h5(path, files.config(activation=MODULE_GADGET))


@hostile("unsafe-model")
def activation_with_a_dotted_name(path: Path, traps: Traps) -> None:
    """An activation called os.system."""
    files.h5(path, files.config(activation="os.system"))


@hostile("unsafe-model")
def constraint_of_ones_own(path: Path, traps: Traps) -> None:
    """A constraint, which is code that training calls."""
    own = {"class_name": "Evil", "config": {}}
    files.h5(path, files.config(kernel_constraint=own))


@hostile("unsafe-model")
def regularizer_of_ones_own(path: Path, traps: Traps) -> None:
    """A regularizer that Keras does not have."""
    own = {"class_name": "Evil>L2", "config": {"l2": 0.1}}
    files.h5(path, files.config(kernel_regularizer=own))


@hostile("unsafe-model")
def policy_of_ones_own(path: Path, traps: Traps) -> None:
    """A dtype policy from a module of the sender's choice."""
    own = {"module": "os", "class_name": "DTypePolicy", "config": {"name": "float32"}}
    files.h5(path, files.config(dtype=own))


@hostile("unsafe-model")
def object_in_the_build_config(path: Path, traps: Traps) -> None:
    """A TypeSpec in a build_config, which a loader decodes before it looks at anything."""
    spec = {"class_name": "TypeSpec", "type_spec": "tf.TensorSpec", "serialized": [[1], "float32"]}
    layer = {**entry("ReLU", "own", "image"), "build_config": {"input_shape": [spec]}}
    files.h5(path, one_layer(layer))


@hostile("unsafe-model")
def custom_objects_in_an_entry(path: Path, traps: Traps) -> None:
    """An entry with custom_objects."""
    files.h5(path, one_layer({**entry("ReLU", "own", "image"), "custom_objects": {"ReLU": "os"}}))


@hostile("unsafe-model")
def constant_in_a_call(path: Path, traps: Traps) -> None:
    """A plain layer that is called with an object instead of a tensor."""
    layer = entry("ReLU", "own")
    layer["inbound_nodes"] = [[["image", 0, 0, {"mask": {"class_name": "function"}}]]]
    files.h5(path, one_layer(layer))


@hostile("unsafe-model", suffix=".keras")
def constant_in_a_call_of_keras_3(path: Path, traps: Traps) -> None:
    """A layer called with a serialized function, in the dialect of Keras 3."""
    layer = entry("ReLU", "own")
    layer["inbound_nodes"] = [{"args": [MODULE_GADGET], "kwargs": {}}]
    keras(path, one_layer(layer))


@hostile("not-a-keras-model", stock="refuses")
def pickle_for_a_configuration(path: Path, traps: Traps) -> None:
    """A configuration that is a number, an array or a word, and no model."""
    files.h5(path, text=json.dumps("gASVAAAA"))
