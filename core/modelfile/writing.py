"""From a model to a file: written afresh, in the format it came in, without training state."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import errors
from . import archive, dialect, hdf5, layouts
from .model_file import ModelFile
from .reading import METADATA_KEY

#: HDF5 keeps an attribute in the header of its object, which has room for 64 KiB.
_MAX_ATTRIBUTE_BYTES = 64_512
_CONTAINER_NAMES = frozenset({"layers", "vars"})


def write(model_file: ModelFile, path: Path) -> None:
    """Write a model in the container and dialect it came in; from weights only, as ``.h5``.

    Args:
        model_file: Any; nothing of the file it was read from is copied.
        path: Whose ending is `suffix`.

    Raises:
        OutputNotWritable: The file system said no.
    """
    pack = _archive if model_file.container == "keras" else _model
    _save(path, pack(model_file))


def write_weights(model_file: ModelFile, path: Path) -> None:
    """Write the weights alone, for ``load_weights``.

    One file in two layouts: the legacy one (``layer_names``, as Keras 2.2 wrote it), and the
    groups that tf_keras and Keras 3 look for when the name ends in ``.weights.h5``. A model with
    a layer called ``layers`` or ``vars`` gets the legacy layout alone.

    Args:
        model_file: Any.
        path: Ending in ``.weights.h5``.

    Raises:
        OutputNotWritable: The file system said no.
    """

    def fill(file: Any) -> None:
        _fill_legacy(file, model_file)
        if not _collides(model_file):
            _fill_container(file, model_file)

    _save(path, hdf5.packed(fill))


def suffix(model_file: ModelFile) -> str:
    """``.keras``, or ``.h5``."""
    return ".keras" if model_file.container == "keras" else ".h5"


def _model(model_file: ModelFile) -> bytes:
    def fill(file: Any) -> None:
        # Bytes, not text: Keras before 2.4 decodes what it reads here.
        file.attrs["keras_version"] = _version(model_file).encode()
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(model_file.source_config).encode()
        if model_file.metadata:
            file.attrs[METADATA_KEY] = json.dumps(model_file.metadata).encode()
        _fill_legacy(file.create_group("model_weights"), model_file)

    return hdf5.packed(fill)


def _archive(model_file: ModelFile) -> bytes:
    about: dict[str, object] = {"keras_version": _version(model_file)}
    if model_file.metadata:
        about[METADATA_KEY] = dict(model_file.metadata)
    return archive.packed(
        {
            archive.METADATA: json.dumps(about).encode(),
            archive.CONFIG: json.dumps(model_file.source_config).encode(),
            archive.WEIGHTS: hdf5.packed(lambda file: _fill_container(file, model_file)),
        }
    )


def _version(model_file: ModelFile) -> str:
    return model_file.keras_version or dialect.KERAS_VERSION


def _fill_legacy(group: Any, model_file: ModelFile) -> None:
    layers = [layer.name for layer in layouts.stored_layers(model_file.architecture)]
    _set_names(group, "layer_names", layers)
    group.attrs["backend"] = b"tensorflow"
    group.attrs["keras_version"] = _version(model_file).encode()
    slots = layouts.legacy(model_file.architecture, model_file.variables)
    for layer in sorted(layers):  # so that `conv` is there before `conv/a` needs it as a group
        own = group.require_group(layer)
        stored = [_stored(model_file, slot) for slot in slots.get(layer, ())]
        _set_names(own, "weight_names", [name for name, _ in stored])
        for name, array in stored:
            own.create_dataset(name, data=array)


def _fill_container(file: Any, model_file: ModelFile) -> None:
    file.create_group("vars")  # the model's own; tf_keras wants it to be there
    groups = layouts.container(model_file.architecture)
    for layer, weights in model_file.weights.items():
        own = file.create_group(f"{groups[layer]}/vars")
        for index, array in enumerate(weights.arrays):
            own.create_dataset(str(index), data=array)


def _collides(model_file: ModelFile) -> bool:
    layers = layouts.stored_layers(model_file.architecture)
    return any(layer.name.split("/")[0] in _CONTAINER_NAMES for layer in layers)


def _stored(model_file: ModelFile, slot: layouts.Slot) -> tuple[str, npt.NDArray[np.generic]]:
    weights = model_file.weights[slot.layer]
    return weights.names[slot.index], weights.arrays[slot.index]


def _set_names(group: Any, name: str, values: list[str]) -> None:
    """A list of names as Keras writes it, in parts where it is too long for one attribute."""
    # An empty list becomes an empty list of numbers, in Keras' own files too.
    names = np.array([value.encode() for value in values]) if values else np.array([])
    n_parts = max(1, -(-names.nbytes // _MAX_ATTRIBUTE_BYTES))
    if n_parts == 1:
        group.attrs[name] = names
        return
    for part, some in enumerate(np.array_split(names, n_parts + 1)):
        group.attrs[f"{name}{part}"] = some


def _save(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise errors.OutputNotWritable(
            f"{path.name} cannot be written: {error.strerror}", reason=error.strerror
        ) from error
