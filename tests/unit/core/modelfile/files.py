"""Small model files by hand, without Keras, so that they can be wrong in any way."""

import json
import zipfile

import h5py
import numpy as np

from core import modelfile
from core.modelfile import Layer, LayerWeights, TensorRef

SHAPE = (6, 6, 3)
#: Layer to weight names and shapes of `config()`.
WEIGHTS = {
    "conv": {"conv/kernel:0": (3, 3, 3, 2), "conv/bias:0": (2,)},
    "scores": {"scores/kernel:0": (32, 4), "scores/bias:0": (4,)},
}


def entry(kind, name, *inputs, **options):
    """A layer's entry in a Keras 2 configuration."""
    nodes = [[[item, 0, 0, {}] for item in inputs]] if inputs else []
    return {
        "class_name": kind,
        "name": name,
        "config": {"name": name, **options},
        "inbound_nodes": nodes,
    }


def image(shape=SHAPE, name="image"):
    return entry("InputLayer", name, batch_input_shape=[None, *shape])


def graph(*layers, name="net", outputs=None):
    """A Functional configuration from its entries; the last is the output."""
    last = outputs or [[layers[-1]["name"], 0, 0]]
    inputs = [[item["name"], 0, 0] for item in layers if item["class_name"] == "InputLayer"]
    inner = {"name": name, "layers": layers, "input_layers": inputs, "output_layers": last}
    return plain({"class_name": "Functional", "config": inner})


def config(*, extra=(), **conv_options):
    """image → conv → (extra layers) → flat → scores, 4 classes."""
    conv = {"filters": 2, "kernel_size": [3, 3], "activation": "relu", **conv_options}
    before = extra[-1]["name"] if extra else "conv"
    return graph(
        image(),
        entry("Conv2D", "conv", "image", **conv),
        *extra,
        entry("Flatten", "flat", before),
        entry("Dense", "scores", "flat", units=4, activation="softmax"),
    )


def arrays(seed=0):
    """Weights of `config()`, by layer."""
    rng = np.random.default_rng(seed)
    return {
        layer: {name: rng.normal(size=shape).astype("f4") for name, shape in own.items()}
        for layer, own in WEIGHTS.items()
    }


def h5(path, configuration=None, weights=None, *, version="2.15.0", text=None):
    """A model as `.h5`; `text` stands in for the configuration as it is."""
    content = json.dumps(config() if configuration is None else configuration)
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = content if text is None else text
        fill(file.create_group("model_weights"), weights or arrays())
    return path


def weights_h5(path, weights):
    """Weights only, in the legacy layout."""
    with h5py.File(path, "w") as file:
        fill(file, weights)
    return path


def fill(group, weights):
    group.attrs["layer_names"] = [name.encode() for name in weights]
    for layer, own in weights.items():
        inner = group.create_group(layer)
        inner.attrs["weight_names"] = [name.encode() for name in own]
        for name, array in own.items():
            inner.create_dataset(name, data=array)


def model(name="net", metadata=None):
    """The model of `config()`, without a file."""
    layers = [
        layer("InputLayer", "image", shape=SHAPE),
        layer("Conv2D", "conv", "image", filters=2, kernel_size=(3, 3), activation="relu"),
        layer("Flatten", "flat", "conv"),
        layer("Dense", "scores", "flat", units=4, activation="softmax"),
    ]
    return modelfile.from_layers(
        name=name,
        layers=layers,
        inputs=[TensorRef("image")],
        outputs=[TensorRef("scores")],
        weights={
            key: LayerWeights(tuple(own), tuple(own.values())) for key, own in arrays().items()
        },
        metadata=metadata or {},
    )


def layer(kind, name, *inputs, **options):
    """A layer of a description, called once."""
    call = tuple(TensorRef(item) for item in inputs)
    return Layer(kind=kind, name=name, options=options, calls=(call,) if inputs else ())


def keras_archive(path, **members):
    """A zip; names say `_` for `.`: ``config_json``."""
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in members.items():
            zipped.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


def plain(value):
    """As JSON would give it back."""
    return json.loads(json.dumps(value))
