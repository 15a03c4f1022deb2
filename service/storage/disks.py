"""What is asked of a disk: whole files, room, and an error that says which of them is missing."""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from .. import errors
from .values import Stored, Unfinished, Watch

_CHUNK_BYTES = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
#: What a disk says that broke, went away or was mounted in another way.
_AWAY = {errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM, errno.ESTALE, errno.ENXIO}
_PARTIAL = "partial"


def hash_file(path: Path, *, watch: Watch | None = None) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            if watch is not None:
                watch()
    return digest.hexdigest()


@contextlib.contextmanager
def full_disk_told(place: str) -> Iterator[None]:
    """Where a disk is full: `errors.InsufficientStorage`, which says in what there is no room."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise errors.InsufficientStorage(
            f"there is no room left {place}", reason=error.strerror
        ) from error


@contextlib.contextmanager
def troubles_told(place: str) -> Iterator[None]:
    """As `full_disk_told`; and where a disk is away: `errors.StorageUnavailable`."""
    try:
        with full_disk_told(place):
            yield
    except OSError as error:
        if error.errno not in _AWAY:
            raise
        raise errors.StorageUnavailable(
            f"the disk does not work {place}: {error.strerror}", reason=error.strerror
        ) from error


def free_bytes(folder: Path) -> int:
    """Room on the disk that a folder is on, or will be on."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(existing).free


@contextlib.contextmanager
def temporary(folder: Path) -> Iterator[Path]:
    """An empty file on the disk of a folder, gone at the end unless it was renamed."""
    place = folder / _PARTIAL
    place.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextlib.contextmanager
def removed_after_errors(path: Path) -> Iterator[None]:
    """A file that is there in the end only if all went well."""
    with contextlib.ExitStack() as undo:
        undo.callback(path.unlink, missing_ok=True)
        yield
        undo.pop_all()


def link_or_copy(source: Path, target: Path) -> None:
    """Another name for a file that nobody changes; a copy, where the disk is another one."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copyfile(source, target)


def leftovers(folder: Path, *, older_than_s: float) -> Iterator[Unfinished]:
    """Files of `temporary` whose process died."""
    for path in (folder / _PARTIAL).glob("*"):
        with contextlib.suppress(FileNotFoundError):  # it got finished meanwhile
            facts = path.stat()
            if age_s(facts) >= older_than_s:
                yield Unfinished(
                    n_bytes=facts.st_size, remove=partial(path.unlink, missing_ok=True)
                )


def age_of(path: Path) -> float:
    """Seconds since a file was written."""
    return age_s(path.stat())


def age_s(facts: os.stat_result) -> float:
    """Seconds since a file was written."""
    return max(0.0, time.time() - facts.st_mtime)


def copy(stream: BinaryIO, path: Path) -> Stored:
    """Write a stream into a file, safe from a power cut, and say what it was."""
    digest, n_bytes = hashlib.sha256(), 0
    with path.open("wb") as target:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            n_bytes += target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return Stored(sha256=digest.hexdigest(), n_bytes=n_bytes)


def sync(path: Path) -> None:
    """Have a file, or what a folder says of its files, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
