"""From a file to a checked model; nothing in the file is executed, unpickled or followed."""

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .. import errors
from . import archive, builtin, configs, hdf5, json_text, stored, variables
from .description import Architecture
from .model_file import ModelFile, checked

#: Root attribute (``.h5``) or key of ``metadata.json`` (``.keras``) with what netmend adds.
METADATA_KEY = "netmend"

_MAX_FILE_BYTES = 1 << 29
_CHUNK_BYTES = 1 << 20
_VERSION = re.compile(r"[0-9A-Za-z.+\-]{1,32}\Z")
#: Backends of old Keras whose convolution kernels are mirrored.
_OTHER_BACKENDS = ("theano", "cntk")


@dataclass(frozen=True)
class _File:
    """What is known before a file is opened with a library."""

    path: Path
    name: str
    #: What messages call it: with its ending, where it has its own name.
    called: str
    size: int
    sha256: str
    head: bytes


def read(
    path: Path, *, architecture: Architecture | None = None, name: str | None = None
) -> ModelFile:
    """The model in a file.

    Args:
        path: A ``.h5`` or ``.keras`` file, of any name.
        architecture: What a file that holds weights only belongs to; a full model ignores it.
        name: What people call it, if that is not the name of the file.

    Raises:
        UnreadableFile: It cannot be opened.
        NotHdf5: It is neither HDF5 nor a Keras zip.
        CorruptFile: It is truncated or damaged.
        NotAModel: It holds something else, such as a data set.
        WeightsOnlyModel: It holds weights only, and no or more than one built-in fits.
        IncompatibleWeights: The weights are not those of the architecture.
        NonFiniteWeights: A weight is NaN or infinite.
        UnsafeModel: Something in the model is not on the allow-list.
        UnsafeFile: Something in the file is not plain data.
        TooLarge: It is larger, or declares more, than any real model needs.
    """
    file = _inspected(path, name)
    if file.head.startswith(archive.SIGNATURE):
        return _read_archive(file)
    if not file.head.startswith(hdf5.SIGNATURE):
        raise errors.NotHdf5(
            f"{file.called} is neither HDF5 (.h5) nor a Keras archive (.keras)",
            received=file.head[:8].hex(), expected=["HDF5", "zip"],
        )  # fmt: skip
    with hdf5.opened(file.path, file.size) as opened:
        return _read_hdf5(file, opened, architecture)


def _inspected(path: Path, name: str | None) -> _File:
    called = path.name if name in (None, path.stem) else str(name)
    try:
        size = path.stat().st_size
        if size > _MAX_FILE_BYTES:
            raise errors.TooLarge(
                f"{called} has {size} bytes; at most {_MAX_FILE_BYTES} are read",
                expected=_MAX_FILE_BYTES, received=size,
            )  # fmt: skip
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            head = stream.read(_CHUNK_BYTES)
            digest.update(head)
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise errors.UnreadableFile(
            f"{called} cannot be read: {error.strerror}", reason=error.strerror
        ) from error
    return _File(path, name or path.stem, called, size, digest.hexdigest(), head)


def _read_hdf5(file: _File, opened: hdf5.Hdf5File, architecture: Architecture | None) -> ModelFile:
    names = opened.root_names()
    if {"data", "label"} <= names:
        raise errors.NotAModel(
            f"{file.called} looks like a data set (it has `data` and `label`), not a model",
            hint="give it as clean or poisoned images",
        )
    opened.check()
    if opened.has_attribute("", "model_config"):
        return _read_model(file, opened)
    if opened.has_attribute("", "layer_names") or "layers" in names:
        return _read_weights(file, opened, architecture)
    raise errors.NotAModel(
        f"{file.called} is HDF5, but holds neither a Keras model nor Keras weights"
        f" (at its root: {', '.join(sorted(names)[:8]) or 'nothing'})",
        received=sorted(names)[:8],
    )


def _read_model(file: _File, opened: hdf5.Hdf5File) -> ModelFile:
    version = _version(opened.text("", "keras_version"))
    config = json_text.parse(opened.text("", "model_config") or "", place="model_config")
    architecture = configs.architecture(config, keras_version=version)
    draft = ModelFile(
        name=file.name,
        sha256=file.sha256,
        container="h5",
        keras_version=version,
        architecture=architecture,
        weights={},
        warnings=architecture.warnings,
        metadata=_metadata(opened.text("", METADATA_KEY)),
    )
    if not opened.has_group("model_weights"):
        raise errors.CorruptFile("the file has a model_config but no model_weights", place="/")
    _refuse_other_backend(opened, "model_weights")
    return _filled(draft, opened, stored.legacy_weights(opened, "model_weights/"))


def _read_weights(
    file: _File, opened: hdf5.Hdf5File, architecture: Architecture | None
) -> ModelFile:
    _refuse_other_backend(opened, "")
    is_legacy = opened.has_attribute("", "layer_names")
    weights = stored.legacy_weights(opened, "") if is_legacy else stored.ContainerWeights(opened)
    warnings: tuple[str, ...] = ()
    if architecture is None:
        architecture = _fitting(file, opened, weights)
        warnings = (
            f"{file.called} holds weights only; the built-in architecture"
            f" {architecture.name} has exactly their shapes and was taken",
        )
    draft = ModelFile(
        name=file.name,
        sha256=file.sha256,
        container="weights",
        keras_version=_version(opened.text("", "keras_version")),
        architecture=architecture,
        weights={},
        warnings=(*warnings, *architecture.warnings),
    )
    return _filled(draft, opened, weights)


def _read_archive(file: _File) -> ModelFile:
    members = archive.read(file.path)
    about = json_text.parse(_text(members, archive.METADATA), place=archive.METADATA)
    config = json_text.parse(_text(members, archive.CONFIG), place=archive.CONFIG)
    version = _version(about.get("keras_version") if isinstance(about, dict) else None)
    metadata = about.get(METADATA_KEY) if isinstance(about, dict) else None
    architecture = configs.architecture(config, keras_version=version)
    draft = ModelFile(
        name=file.name,
        sha256=file.sha256,
        container="keras",
        keras_version=version,
        architecture=architecture,
        weights={},
        warnings=architecture.warnings,
        metadata=metadata if isinstance(metadata, dict) else {},
    )
    inner = members[archive.WEIGHTS]
    if not inner.startswith(hdf5.SIGNATURE):
        raise errors.CorruptFile(f"{archive.WEIGHTS} is not HDF5", place=archive.WEIGHTS)
    with hdf5.opened(io.BytesIO(inner), len(inner)) as opened:
        opened.check()
        return _filled(draft, opened, stored.ContainerWeights(opened))


def _filled(draft: ModelFile, opened: hdf5.Hdf5File, weights: stored.StoredWeights) -> ModelFile:
    match = weights.match(draft.architecture, draft.variables)
    return checked(replace(draft, weights=stored.read(opened, match, draft.variables)))


def _fitting(file: _File, opened: hdf5.Hdf5File, weights: stored.StoredWeights) -> Architecture:
    fitting = [
        architecture
        for architecture in builtin.NAMED.values()
        if stored.fits(opened, weights, architecture, variables.variables(architecture))
    ]
    if len(fitting) == 1:
        return fitting[0]
    names = [architecture.name for architecture in fitting]
    found = f"these built-in ones fit: {', '.join(names)}" if names else (
        f"none of the built-in ones fits ({', '.join(builtin.NAMED)})"
    )  # fmt: skip
    raise errors.WeightsOnlyModel(
        f"{file.called} holds weights but no architecture; {found}; name the architecture, or"
        " give a model.to_json() file",
        candidates=names, expected=list(builtin.NAMED),
    )  # fmt: skip


def _refuse_other_backend(opened: hdf5.Hdf5File, group: str) -> None:
    backend = opened.text(group, "backend")
    if backend in _OTHER_BACKENDS:
        raise errors.UnsupportedFormat(
            f"the weights were written by Keras on {backend}, whose convolutions are mirrored;"
            " save the model with Keras on TensorFlow",
            place=f"/{group}", received=backend,
        )  # fmt: skip


def _version(text: object) -> str | None:
    if not isinstance(text, str) or not _VERSION.match(text):
        return None
    if text.startswith(("0.", "1.")):
        raise errors.UnsupportedFormat(
            f"the file was written by Keras {text}; Keras 2.2 and later is read", received=text
        )
    return text


def _metadata(text: str | None) -> Mapping[str, object]:
    value = json_text.parse(text, place=METADATA_KEY) if text else {}
    return value if isinstance(value, dict) else {}


def _text(members: Mapping[str, bytes], name: str) -> str:
    try:
        return members[name].decode("utf-8")
    except UnicodeDecodeError as error:
        raise errors.CorruptFile(f"{name} is not text: {error}", place=name) from error
