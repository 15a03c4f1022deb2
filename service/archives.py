"""Zip archives that are made while they are sent: nothing of them is held in memory."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Self

from .storage import Storage

_BLOCK_BYTES = 2**20
#: The earliest time that the format knows: the same content is to give the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
_LARGE_BYTES = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file of an archive."""

    #: Path with forward slashes.
    name: str
    sha256: str
    n_bytes: int
    #: Where the bytes are, if they are not here.
    storage: Storage | None = None
    content: bytes = b""

    @classmethod
    def of_bytes(cls, name: str, content: bytes) -> Self:
        """A small file that is here."""
        sha256 = hashlib.sha256(content).hexdigest()
        return cls(name=name, sha256=sha256, n_bytes=len(content), content=content)

    def open(self) -> IO[bytes]:
        """The bytes, from the start."""
        if self.storage is None:
            return io.BytesIO(self.content)
        return self.storage.open(self.sha256)


def stream(entries: Iterable[Entry]) -> Iterator[bytes]:
    """An archive of files as they are, uncompressed: weights hardly get smaller."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, _TIME)
            info.external_attr = _READABLE
            is_large = entry.n_bytes >= _LARGE_BYTES
            with archive.open(info, "w", force_zip64=is_large) as target, entry.open() as source:
                while block := source.read(_BLOCK_BYTES):
                    target.write(block)
                    yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What has been written since somebody last took it; it cannot go back."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: bytes, /) -> int:  # type: ignore[override]
        self._waiting.append(bytes(chunk))
        return len(chunk)

    def taken(self) -> bytes:
        """What is there, once."""
        found, self._waiting = b"".join(self._waiting), []
        return found
