"""Files named by their SHA-256; a local folder so far."""

import contextlib
import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from . import errors
from .settings import Settings

_CHUNK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file in storage."""

    sha256: str
    n_bytes: int


class Storage(Protocol):
    """Where files are kept; what is in it never changes."""

    def put(self, stream: BinaryIO) -> Stored:
        """Keep what the stream holds, reading it once.

        Raises:
            InsufficientStorage: There is no room for it.
        """
        ...

    def take(self, path: Path, sha256: str) -> Stored:
        """Keep a file whose hash is known; it is moved, so it is gone from where it was."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """The bytes, from the start, in a stream that can seek.

        Raises:
            NotFound: There is no such file.
        """
        ...

    def path(self, sha256: str) -> Path:
        """A local path that a child may read, and nobody may write.

        Raises:
            NotFound: There is no such file.
        """
        ...

    def verify(self, sha256: str) -> None:
        """Read the file and compare it with its name.

        Raises:
            NotFound: There is no such file.
            ChecksumMismatch: The disk gave back something else.
        """
        ...

    def delete(self, sha256: str) -> None:
        """Forget the file, if it is there."""
        ...

    def iterate(self) -> Iterator[Stored]:
        """Everything that is kept, in no order."""
        ...


def make_storage(settings: Settings) -> Storage:
    """The storage that the settings name."""
    return LocalStorage(Path(settings.storage_url.removeprefix("file://")))


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class LocalStorage:
    """A folder, ``ab/cd/abcd…`` in it. What appears in it is whole and on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, stream: BinaryIO) -> Stored:
        """See `Storage`."""
        with full_disk_told("in storage"), self._temporary() as partial:
            stored = _copy(stream, partial)
            self._appear(partial, stored.sha256)
        return stored

    def take(self, path: Path, sha256: str) -> Stored:
        """See `Storage`."""
        stored = Stored(sha256=sha256, n_bytes=path.stat().st_size)
        with full_disk_told("in storage"):
            try:
                _sync(path)
                self._appear(path, sha256)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                stored = self._take_from_elsewhere(path, sha256)
        return stored

    def open(self, sha256: str) -> BinaryIO:
        """See `Storage`."""
        return self.path(sha256).open("rb")

    def path(self, sha256: str) -> Path:
        """See `Storage`."""
        path = self._place(sha256)
        if not path.is_file():
            raise errors.NotFound(f"there is no stored file {sha256}", sha256=sha256)
        return path

    def verify(self, sha256: str) -> None:
        """See `Storage`."""
        received = hash_file(self.path(sha256))
        if received != sha256:
            raise errors.ChecksumMismatch(
                f"the stored file {sha256} is damaged: it holds {received}",
                expected=sha256, received=received,
            )  # fmt: skip

    def delete(self, sha256: str) -> None:
        """See `Storage`."""
        self._place(sha256).unlink(missing_ok=True)

    def iterate(self) -> Iterator[Stored]:
        """See `Storage`."""
        for path in self._folder.glob("??/??/*"):
            if _SHA256.fullmatch(path.name):
                yield Stored(sha256=path.name, n_bytes=path.stat().st_size)

    def _place(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):  # it came in a request, perhaps
            raise errors.NotFound(f"{sha256!r} is not a SHA-256", sha256=sha256)
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    @contextlib.contextmanager
    def _temporary(self) -> Iterator[Path]:
        folder = self._folder / "partial"
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _appear(self, partial: Path, sha256: str) -> None:
        place = self._place(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        partial.chmod(0o444)
        partial.replace(place)  # the same bytes, if it was there already
        for folder in (place.parent, place.parent.parent, self._folder):
            _sync(folder)

    def _take_from_elsewhere(self, path: Path, sha256: str) -> Stored:
        with path.open("rb") as stream:
            stored = self.put(stream)
        if stored.sha256 != sha256:
            raise errors.ChecksumMismatch(
                f"{path.name} changed while it was stored", expected=sha256, received=stored.sha256
            )
        path.unlink()
        return stored


def _copy(stream: BinaryIO, path: Path) -> Stored:
    digest, n_bytes = hashlib.sha256(), 0
    with path.open("wb") as target:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            n_bytes += target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return Stored(sha256=digest.hexdigest(), n_bytes=n_bytes)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def full_disk_told(place: str) -> Iterator[None]:
    """Where a disk is full: `errors.InsufficientStorage`, which says in what there is no room."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise errors.InsufficientStorage(
            f"there is no room left {place}", reason=error.strerror
        ) from error


def free_bytes(folder: Path) -> int:
    """Room on the disk that a folder is on, or will be on."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(existing).free
