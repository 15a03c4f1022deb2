"""A canonical folder as one file that storage can keep, and back."""

import contextlib
import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from service import errors

_READ_BYTES = 2**20


def pack(folder: Path, target: Path) -> None:
    """Write the files of a folder into one tar file; the same folder gives the same bytes.

    Args:
        folder: Holds plain files only.
        target: The file to write.

    Raises:
        InsufficientStorage: The disk is full, or does not let us.
    """
    with _writing(target), tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(folder.iterdir()):
            entry = tarfile.TarInfo(path.name)  # no owner, no time: they would differ
            entry.size = path.stat().st_size
            with path.open("rb") as content:
                archive.addfile(entry, content)


def unpack(stream: IO[bytes], folder: Path, *, sha256: str) -> None:
    """Write the files of a packed folder back.

    Args:
        stream: What `pack` wrote, from its beginning.
        folder: Is made; must not exist.
        sha256: What the stream hashes to.

    Raises:
        ChecksumMismatch: It does not, or is cut short.
        InsufficientStorage: The disk is full, or does not let us.
    """
    source = _Hashing(stream)
    try:
        with _writing(folder), tarfile.open(fileobj=source, mode="r|") as archive:
            archive.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise _mismatch(sha256) from error
    if source.sha256() != sha256:
        raise _mismatch(sha256)


class _Hashing(io.RawIOBase):
    """A stream that hashes what is read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._stream.read(size)
        self._hash.update(chunk)
        return chunk

    def sha256(self) -> str:
        """Of the whole stream: also of what the reader left."""
        while self.read(_READ_BYTES):
            pass
        return self._hash.hexdigest()


@contextlib.contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise errors.InsufficientStorage(
            f"a folder of a job cannot be written: {error.strerror or error}", place=str(target)
        ) from error


def _mismatch(sha256: str) -> errors.ChecksumMismatch:
    return errors.ChecksumMismatch("a stored file is damaged; upload it again", sha256=sha256)
