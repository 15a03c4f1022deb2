"""The corpus, and what becomes of one file of it in the ingest child."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from core import children, errors

from . import archives, code, graphs, kinds, pictures, sets, storage, strangers
from .kinds import SECRET, Kind, Traps

#: A file is made by each of these.
KINDS: tuple[Kind, ...] = tuple(kinds.ALL)
MODULES = (archives, code, graphs, pictures, sets, storage, strangers)
#: So long may the child take over one of these files; the machine may be busy.
TIME_LIMIT_S = 30.0


@dataclass(frozen=True)
class Fate:
    """What became of a file."""

    #: ``None`` where it was taken.
    error: errors.ProjectError | None
    seconds: float
    #: All that the child told or wrote.
    output: bytes


def set_traps(folder: Path) -> Traps:
    """The decoys; the folder is there."""
    traps = Traps(folder)
    traps.decoy.write_bytes(SECRET * 40)
    with h5py.File(traps.decoy_hdf5, "w") as file:
        file["secret"] = np.frombuffer(SECRET * 40, "u1")[: 6 * 5 * 4 * 3].reshape(6, 5, 4, 3)
    return traps


def made(kind: Kind, folder: Path, traps: Traps) -> Path:
    """A file of the kind."""
    path = folder / f"upload{kind.suffix}"
    kind.make(path, traps)
    return path


def met(kind: Kind, path: Path, out: Path) -> Fate:
    """Have the ingest child look at a file, as the service has it."""
    started, error, facts = time.perf_counter(), None, None
    try:
        facts = _ingest(kind, path, out, children.Oversight(time_limit_s=TIME_LIMIT_S))
    except errors.ProjectError as refused:
        error = refused
    seconds = time.perf_counter() - started
    return Fate(error, seconds, b"".join(_told(error, facts, out)))


def _ingest(kind: Kind, path: Path, out: Path, oversight: children.Oversight) -> object:
    if kind.role == "model":
        return children.ingest_model(path, out, oversight=oversight)
    if kind.role == "picture":
        return children.ingest_pictures([path], out, fit=(5, 4, 3), oversight=oversight)
    return children.ingest_images(path, out, overview=True, oversight=oversight)


def _told(error: errors.ProjectError | None, facts: object, out: Path) -> Iterator[bytes]:
    yield repr(facts).encode()
    if error is not None:
        notes = getattr(error, "__notes__", [])
        yield repr((str(error), error.details, notes)).encode()
    with suppress(FileNotFoundError):
        yield from (path.read_bytes() for path in out.rglob("*") if path.is_file())
