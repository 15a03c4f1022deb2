"""Configurations that would hang, exhaust or confuse whoever reads them."""

import json
from pathlib import Path

from tests.unit.core.modelfile import files
from tests.unit.core.modelfile.files import entry, graph, image

from .archives import keras
from .code import ending, one_layer
from .kinds import Traps, hostile


def nested(inner: dict, name: str, *inputs: str) -> dict:
    """A network as a layer, called once for each input in turn."""
    return {**inner, "name": name, "inbound_nodes": [[[item, 0, 0, {}]] for item in inputs]}


def chained(inner: dict, name: str, times: int, *, first_call: int) -> dict:
    """A network that calls another one on what it gave before, again and again."""
    layer = nested(inner, inner["config"]["name"])
    own = layer["name"]
    before = [["in", 0, 0, {}], *([own, first_call + n, 0, {}] for n in range(times - 1))]
    layer["inbound_nodes"] = [[item] for item in before]
    last = [[own, first_call + times - 1, 0]]
    return graph(image(name="in"), layer, name=name, outputs=last)


def tower(bottom: dict, *, times: int) -> dict:
    """Three networks around one, each of which calls the next so many times."""
    for floor in range(3):
        bottom = chained(bottom, f"floor{floor}", times, first_call=1)
    return graph(image(), nested(bottom, bottom["config"]["name"], "image"), *ending("floor2"))


def named(name: str) -> dict:
    return one_layer(entry("ReLU", name, "image"))


@hostile("not-a-keras-model", stock="hangs")
def circle_of_layers(path: Path, traps: Traps) -> None:
    """Two layers that need each other's result."""
    one, other = entry("ReLU", "one", "other"), entry("ReLU", "other", "one")
    files.h5(path, graph(image(), one, other, *ending("other")))


@hostile("not-a-keras-model")
def layer_that_needs_itself(path: Path, traps: Traps) -> None:
    """A layer that is called on its own result."""
    files.h5(path, one_layer(entry("ReLU", "self", "self")))


@hostile("not-a-keras-model")
def layer_that_is_not_there(path: Path, traps: Traps) -> None:
    """A layer that is called on one that does not exist."""
    files.h5(path, one_layer(entry("ReLU", "own", "nowhere")))


@hostile("not-a-keras-model")
def input_that_is_called(path: Path, traps: Traps) -> None:
    """An input in the middle, which is called like a layer."""
    files.h5(
        path, one_layer(entry("InputLayer", "own", "image", batch_input_shape=[None, 6, 6, 3]))
    )


@hostile("not-a-keras-model")
def layer_that_leads_nowhere(path: Path, traps: Traps) -> None:
    """A dead layer, which some loaders still run."""
    files.h5(path, graph(image(), entry("ReLU", "dead", "image"), *ending("image")))


@hostile("too-large", suffix=".keras")
def tower_of_calls(path: Path, traps: Traps) -> None:
    """Networks that call networks 500 times each: 10⁸ calls in a few kilobytes."""
    bottom = graph(image(name="in"), entry("ReLU", "own", "in"), name="bottom")
    keras(path, tower(bottom, times=500))


@hostile("too-large", suffix=".keras")
def tower_of_nothing(path: Path, traps: Traps) -> None:
    """The same with a network in its middle that holds no layer, so that none is ever counted."""
    bottom = graph(image(name="in"), name="bottom")
    keras(path, tower(bottom, times=500))


@hostile("too-large")
def networks_without_bottom(path: Path, traps: Traps) -> None:
    """Networks in networks, eight deep."""
    inner = graph(image(name="in"), entry("ReLU", "own", "in"), name="inner")
    for depth in range(8):
        layer = nested(inner, inner["config"]["name"], "in")
        inner = graph(image(name="in"), layer, name=f"around{depth}")
    files.h5(path, graph(image(), nested(inner, "around7", "image"), *ending("around7")))


@hostile("too-large", suffix=".keras")
def too_many_layers(path: Path, traps: Traps) -> None:
    """A chain of 3,000 layers."""
    chain = [entry("ReLU", "r0", "image")]
    chain += [entry("ReLU", f"r{n}", f"r{n - 1}") for n in range(1, 3000)]
    keras(path, graph(image(), *chain, *ending("r2999")))


@hostile("too-large", stock="tries to allocate it")
def units_without_end(path: Path, traps: Traps) -> None:
    """A dense layer of a million units on a million inputs."""
    wide = entry("Dense", "wide", "image", units=1 << 20)
    files.h5(path, graph(image(), wide, entry("Dense", "wider", "wide", units=1 << 20)))


@hostile("unsafe-model", stock="tries to allocate it")
def units_beyond_the_limit(path: Path, traps: Traps) -> None:
    """A dense layer of a thousand million units."""
    files.h5(path, one_layer(entry("Dense", "wide", "image", units=10**9)))


@hostile("too-large")
def activations_without_end(path: Path, traps: Traps) -> None:
    """Up-sampling upon up-sampling: no weights, and terabytes of activations."""
    layers = [entry("UpSampling2D", "u0", "image", size=[64, 64])]
    layers += [entry("UpSampling2D", f"u{n}", f"u{n - 1}", size=[64, 64]) for n in (1, 2)]
    files.h5(path, graph(image(), *layers, *ending("u2")))


@hostile("too-large")
def activations_in_sum(path: Path, traps: Traps) -> None:
    """Layers that are just small enough each, and a hundred of them."""
    layers = [entry("UpSampling2D", "u0", "image", size=[64, 64])]
    layers += [entry("UpSampling2D", "r0", "u0", size=[8, 8])]
    layers += [entry("ReLU", f"r{n}", f"r{n - 1}") for n in range(1, 100)]
    mean = entry("GlobalAveragePooling2D", "mean", "r99")
    files.h5(path, graph(image(), *layers, mean, entry("Dense", "scores", "mean", units=4)))


@hostile("too-large")
def input_without_end(path: Path, traps: Traps) -> None:
    """An input image of 65,536 x 65,536 x 64, which a first pooling hides."""
    mean = entry("GlobalAveragePooling2D", "mean", "image")
    files.h5(path, graph(image((65536, 65536, 64)), mean, entry("Dense", "d", "mean", units=4)))


@hostile("too-large")
def padding_without_end(path: Path, traps: Traps) -> None:
    """Padding upon padding, a thousand pixels each."""
    layers = [entry("ZeroPadding2D", "p0", "image", padding=1024)]
    layers += [entry("ZeroPadding2D", f"p{n}", f"p{n - 1}", padding=1024) for n in range(1, 9)]
    files.h5(path, graph(image(), *layers, *ending("p8")))


@hostile("unsafe-model")
def negative_units(path: Path, traps: Traps) -> None:
    """A convolution with -4 filters."""
    files.h5(path, files.config(filters=-4))


@hostile("unsafe-model")
def truth_for_a_number(path: Path, traps: Traps) -> None:
    """A convolution with true filters, which is 1 for Python."""
    files.h5(path, files.config(filters=True))


@hostile("unsafe-model")
def dropout_of_twice_what_there_is(path: Path, traps: Traps) -> None:
    """A rate of 2, which Keras refuses where the model is built: in a job, hours later."""
    files.h5(path, one_layer(entry("Dropout", "drop", "image", rate=2.0)))


@hostile("not-a-keras-model")
def scale_for_other_images(path: Path, traps: Traps) -> None:
    """A Rescaling with two numbers for three colors."""
    files.h5(path, one_layer(entry("Rescaling", "scaled", "image", scale=[0.5, 2.0])))


@hostile("unsafe-model")
def unknown_option(path: Path, traps: Traps) -> None:
    """An option that the layer does not have."""
    files.h5(path, files.config(call="os.system"))


@hostile("too-large", stock="RecursionError")
def deep_json(path: Path, traps: Traps) -> None:
    """A configuration nested 20,000 deep."""
    files.h5(path, text='{"a":' + "[" * 20_000 + "]" * 20_000 + "}")


@hostile("corrupt-file", suffix=".keras")
def json_that_takes_a_parser_its_time(path: Path, traps: Traps) -> None:
    """A string without end, full of quotes: a careless pattern looks at it a million times."""
    keras(path)
    text = '"' + '\\"' * 1_000_000
    files.keras_archive(path, config_json=text, metadata_json="{}", model_weights_h5="x")


@hostile("unsafe-model", stock="reads the second one")
def key_twice(path: Path, traps: Traps) -> None:
    """A class_name twice: a scanner may read one, and a loader the other."""
    text = json.dumps(files.config())
    files.h5(path, text=text.replace('"Conv2D",', '"Conv2D", "class_name": "Lambda",', 1))


@hostile("unsafe-model")
def nan_in_the_configuration(path: Path, traps: Traps) -> None:
    """A Rescaling by NaN."""
    files.h5(path, one_layer(entry("Rescaling", "own", "image", scale=float("nan"))))


@hostile("unsafe-model")
def infinity_in_disguise(path: Path, traps: Traps) -> None:
    """A Rescaling by 1e999, which is infinite without saying so."""
    text = json.dumps(one_layer(entry("Rescaling", "own", "image", scale=777)))
    files.h5(path, text=text.replace("777", "1e999"))


@hostile("too-large")
def number_without_end(path: Path, traps: Traps) -> None:
    """A whole number of 30,000 digits, which takes Python long to read."""
    files.h5(
        path, text=json.dumps(files.config()).replace('"filters": 2', '"filters": ' + "9" * 30_000)
    )


@hostile("corrupt-file")
def configuration_cut_short(path: Path, traps: Traps) -> None:
    """Half a configuration."""
    files.h5(path, text=json.dumps(files.config())[:200])


@hostile("not-a-keras-model")
def list_for_a_model(path: Path, traps: Traps) -> None:
    """A configuration that is a list."""
    files.h5(path, text="[]")


@hostile("not-a-keras-model")
def words_for_layers(path: Path, traps: Traps) -> None:
    """A model whose layers are words."""
    files.h5(path, {"class_name": "Sequential", "config": {"name": "net", "layers": ["Dense"]}})


@hostile("not-a-keras-model")
def name_twice(path: Path, traps: Traps) -> None:
    """Two layers of one name."""
    layers = entry("ReLU", "own", "image"), entry("ReLU", "own", "own")
    files.h5(path, graph(image(), *layers, *ending("own")))


@hostile("unsafe-model")
def name_with_markup(path: Path, traps: Traps) -> None:
    """A layer whose name is a script for whoever shows it."""
    files.h5(path, named("<img src=x onerror=alert(1)>"))


@hostile("unsafe-model")
def name_that_leads_out(path: Path, traps: Traps) -> None:
    """A layer whose name is a path out of the folder."""
    files.h5(path, named("a/../../../the-code-ran"))


@hostile("unsafe-model")
def name_with_a_nul(path: Path, traps: Traps) -> None:
    """A layer whose name goes on after a NUL."""
    files.h5(path, named("relu\x00evil"))


@hostile("unsafe-model")
def name_with_controls(path: Path, traps: Traps) -> None:
    """A layer whose name forges a line of the log and clears the screen."""
    files.h5(path, named("relu\n2026-01-01 all is well\x1b[2J"))


@hostile("unsafe-model")
def name_of_a_formula(path: Path, traps: Traps) -> None:
    """A layer whose name is a formula for a spreadsheet."""
    files.h5(path, named("=cmd|'/C calc'!A0"))


@hostile("unsafe-model")
def name_without_end(path: Path, traps: Traps) -> None:
    """A layer whose name has 10,000 letters."""
    files.h5(path, named("n" * 10_000))
