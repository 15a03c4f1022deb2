"""The child that meets uploads, one file each."""

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .. import errors
from ..results import Event
from ..sandbox import Limits
from . import process
from .process import Watch

#: Address space of a child that reads a model: so much, and so many times the size of the file.
_MODEL_MEMORY_BYTES, _MODEL_MEMORY_TIMES = 2**29, 8
#: Images are read in chunks, of which HDF5 allows large ones.
_IMAGES_MEMORY_BYTES = 8 * 2**30
#: The largest file a canonical form may have.
_FILE_BYTES = 64 * 2**30


@dataclass(frozen=True, kw_only=True)
class Oversight:
    """How long a child may take, and who watches over it."""

    #: Wall-clock limit.
    time_limit_s: float = 600.0
    #: Asked again and again while the child works; may end it, and raise.
    watch: Watch = process.nobody


_ALONE = Oversight()


def ingest_model(
    path: Path,
    folder: Path,
    *,
    architecture: str | Path | None = None,
    name: str | None = None,
    oversight: Oversight = _ALONE,
) -> dict[str, Any]:
    """Check a model file in a child of its own, and write its canonical form.

    Args:
        path: The model file.
        folder: Where to write; must not exist, and does not after an error.
        architecture: For a file of weights only: the name of a built-in architecture, or the path
            of a JSON file.
        name: What to call the model; the file name without its ending if not given.
        oversight: How long the child may take, and who watches over it.

    Returns:
        What was found: ``name sha256 container keras_version input_shape n_classes n_parameters
        convolutions layers warnings sandbox``.

    Raises:
        InvalidInput: The file cannot be used.
        OutputExists: The folder exists.
        OutputNotWritable: The folder cannot be written.
        ChildFailed: The child ended without an answer.
        TimeLimitExceeded: It took too long.
    """
    request: dict[str, Any] = {"kind": "model"}
    if isinstance(architecture, Path):
        request["architecture_file"] = str(architecture.resolve())
    else:
        request["architecture"] = architecture
    return _ingest({**request, "name": name or path.stem}, [path], folder, oversight)


def ingest_images(
    path: Path,
    folder: Path,
    *,
    layout: str = "auto",
    name: str | None = None,
    overview: bool = False,
    oversight: Oversight = _ALONE,
) -> dict[str, Any]:
    """Check a data set in a child of its own, and write its canonical form.

    Args:
        path: The data set.
        folder: Where to write; must not exist, and does not after an error.
        layout: ``auto``, ``NCHW`` or ``NHWC``.
        name: What to call the set; the file name if not given.
        overview: Whether to write figures and pictures of it, as `core.sheets` does, into the
            subfolder ``overview``.
        oversight: How long the child may take, and who watches over it.

    Returns:
        The fields of `data.DatasetFacts`, and ``sandbox``.

    Raises:
        As `ingest_model`.
    """
    request = {"kind": "images", "layout": layout, "overview": overview}
    return _ingest({**request, "name": name or path.name}, [path], folder, oversight)


def ingest_pictures(  # noqa: PLR0913 - each says how to read them
    paths: Sequence[Path],
    folder: Path,
    *,
    layout: str = "auto",
    name: str | None = None,
    fit: Sequence[int] | None = None,
    overview: bool = False,
    oversight: Oversight = _ALONE,
) -> dict[str, Any]:
    """Check pictures without labels in a child of their own; otherwise as `ingest_images`.

    ``fit``, ``(height, width, channels)``, is what picture files are brought to; the facts then
    tell under ``original_sizes`` the width and height that each came with.
    """
    request = {"kind": "pictures", "layout": layout, "fit": fit, "overview": overview}
    return _ingest({**request, "name": name}, paths, folder, oversight)


def _ingest(
    request: Mapping[str, Any], paths: Sequence[Path], folder: Path, oversight: Oversight
) -> dict[str, Any]:
    limits = Limits(
        cpu_s=max(1, round(oversight.time_limit_s)),
        memory_bytes=_memory_bytes(request["kind"], paths),
        file_bytes=_FILE_BYTES,
    )
    whole_request = {
        **request,
        "paths": [str(path.resolve()) for path in paths],
        "folder": str(folder.resolve()),
        "limits": asdict(limits),
    }
    with _new_folder(folder):
        facts: dict[str, Any] = process.converse(
            process.python_module("core.ingest"),
            whole_request,
            folder,
            on_event=_ignore,
            time_limit_s=oversight.time_limit_s,
            watch=oversight.watch,
        )
    return facts


def _memory_bytes(kind: str, paths: Sequence[Path]) -> int:
    """What a file may need; a hostile one asks for far more than an honest one of its size."""
    if kind != "model":
        return _IMAGES_MEMORY_BYTES
    with contextlib.suppress(OSError):  # the child says what is wrong with the file
        return _MODEL_MEMORY_BYTES + _MODEL_MEMORY_TIMES * paths[0].stat().st_size
    return _MODEL_MEMORY_BYTES


def _ignore(_: Event) -> None:
    pass


@contextlib.contextmanager
def _new_folder(folder: Path) -> Iterator[None]:
    """A folder that is gone again when the work in it fails."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise errors.OutputExists(f"the folder {folder} exists", place=str(folder)) from error
    except OSError as error:
        raise errors.OutputNotWritable(
            f"the folder {folder} cannot be made: {error.strerror}", place=str(folder)
        ) from error
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        yield
        undo.pop_all()
