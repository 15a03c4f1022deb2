"""Good files and configurations, of which the cases are mutations."""

import io
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.hostile import archives
from tests.unit.core.data import files as sets
from tests.unit.core.modelfile import files
from tests.unit.core.modelfile.files import entry, graph, image


@dataclass(frozen=True)
class Good:
    """A file that is taken as it is."""

    #: ``model`` or ``images``, as the ingest child calls them.
    kind: str
    suffix: str
    content: bytes


def keras_3() -> dict:
    """The plain model in the dialect of Keras 3."""
    config = files.config()
    for layer in config["config"]["layers"]:
        tensors = [
            {
                "class_name": "__keras_tensor__",
                "config": {"shape": [None, 1], "keras_history": ref[:3]},
            }
            for node in layer["inbound_nodes"]
            for ref in node
        ]
        layer["inbound_nodes"] = [{"args": tensors, "kwargs": {}}] if tensors else []
        layer |= {"module": "keras.layers", "registered_name": None, "build_config": {}}
        layer["config"]["dtype"] = {
            "module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"},
        }  # fmt: skip
    return config


def nested() -> dict:
    inner = graph(image(name="in"), entry("ReLU", "own", "in"), name="inner")
    layer = {**inner, "name": "inner", "inbound_nodes": [[["conv", 0, 0, {}]]]}
    return files.config(extra=(layer, entry("BatchNormalization", "norm", "inner")))


def operations() -> dict:
    divided = entry("TFOpLambda", "divided", function="math.truediv")
    divided["inbound_nodes"] = [["image", 0, 0, {"y": 255.0, "name": None}]]
    merged = entry("Concatenate", "both", "divided", "image", axis=-1)
    mean = entry("GlobalAveragePooling2D", "mean", "both")
    return graph(image(), divided, merged, mean, entry("Dense", "scores", "mean", units=4))


@cache
def configurations() -> tuple[dict, ...]:
    return files.config(), keras_3(), nested(), operations()


@cache
def good_files() -> tuple[Good, ...]:
    with TemporaryDirectory() as folder:
        path, faces, labels = Path(folder) / "a", sets.faces(n=12), range(12)
        everything = {"compression": "gzip", "shuffle": True, "fletcher32": True, "chunks": True}
        return (
            Good("model", ".h5", files.h5(path).read_bytes()),
            Good("model", ".h5", files.h5(path, version="3.1.0").read_bytes()),
            Good("model", ".keras", archives.keras(path).read_bytes()),
            Good("images", ".h5", sets.h5(path, faces, labels).read_bytes()),
            Good("images", ".h5", sets.h5(path, faces, labels, **everything).read_bytes()),
            Good("images", ".npz", npz(faces, labels)),
            Good("images", ".zip", sets.zipped(path, pictures(faces)).read_bytes()),
        )


def with_configuration(text: str) -> Good:
    """An archive with any configuration; its weights are those of the plain model."""
    members = {**archives.members(), "config.json": text.encode(errors="replace")}
    buffer = io.BytesIO()
    with archives.zipfile.ZipFile(buffer, "w") as zipped:
        for name, content in members.items():
            zipped.writestr(name, content)
    return Good("model", ".keras", buffer.getvalue())


def npz(images, labels) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, data=images, label=list(labels))
    return buffer.getvalue()


def pictures(images) -> dict[str, bytes]:
    return {f"{n % 2}/{n}.png": sets.picture(image) for n, image in enumerate(images)}


def text(config: dict) -> str:
    return json.dumps(config)
