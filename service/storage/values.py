"""What every storage can do, and what it says of its files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

#: Called again and again while something takes long; what it raises ends that.
Watch = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file in storage."""

    sha256: str
    n_bytes: int
    #: Seconds since it was last put, taken or renewed, by one clock alone: that of the storage.
    age_s: float = field(default=0.0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """What is left of a file that did not get into storage, because its process died."""

    n_bytes: int
    remove: Callable[[], None]


class Keeper(Protocol):
    """Whatever keeps the files that it is given."""

    def put(self, stream: BinaryIO) -> Stored:
        """Keep what the stream holds.

        Raises:
            InsufficientStorage: There is no room for it.
            StorageUnavailable: The storage is away.
        """
        ...


class Storage(Keeper, Protocol):
    """Where files are kept; what is in it never changes.

    What comes out of it is what went in: a file is read and compared with its name when a process
    first asks for it, and again when it has changed on the disk. Every method raises
    `errors.StorageUnavailable` when the storage is away or does not let us in.
    """

    def take(self, path: Path, sha256: str) -> Stored:
        """Keep a file whose hash was just computed; it is gone from where it was.

        Raises:
            ChecksumMismatch: It has changed since.
            InsufficientStorage: There is no room for it.
        """
        ...

    def open(self, sha256: str, *, watch: Watch | None = None) -> BinaryIO:
        """The bytes, from the start, in a stream that can seek; `watch` as in `path`.

        Raises:
            NotFound: There is no such file.
            DamagedFile: It is damaged; nothing of it is handed out.
        """
        ...

    def path(self, sha256: str, *, watch: Watch | None = None) -> Path:
        """A local path that a child may read, and nobody may write.

        Args:
            sha256: Which file.
            watch: Called while the file is fetched and compared with its name.

        Raises:
            NotFound: There is no such file.
            DamagedFile: It is damaged.
        """
        ...

    def copy(self, sha256: str, target: Path) -> Stored:
        """Write a copy that is compared with its name; a link, where that is as good.

        Raises:
            NotFound: There is no such file.
            DamagedFile: It is damaged; there is no copy.
            InsufficientStorage: There is no room for it.
        """
        ...

    def verify(self, sha256: str) -> Stored:
        """Read the file where it is kept, and compare it with its name.

        Raises:
            NotFound: There is no such file.
            DamagedFile: It is damaged.
        """
        ...

    def renew(self, sha256: str) -> Stored:
        """Start the age of a file afresh, because a row is about to name it.

        Raises:
            NotFound: There is no such file (any more).
        """
        ...

    def delete(self, sha256: str) -> None:
        """Forget the file, if it is there."""
        ...

    def forget(self, names: Iterable[str], *, older_than_s: float) -> Iterator[Stored]:
        """Forget files, but those that were put, taken or renewed within so many seconds.

        Whoever puts, takes or renews one of them meanwhile either keeps it from being forgotten,
        or notices that it is gone and stores it again.

        Returns:
            What was forgotten, as it goes.

        Raises:
            Conflict: Somebody else is at it.
        """
        ...

    def iterate(self) -> Iterator[Stored]:
        """Everything that is kept, in no order."""
        ...

    def unfinished(self, *, older_than_s: float) -> Iterator[Unfinished]:
        """What processes that died left behind, unless it changed within so many seconds."""
        ...

    def check(self) -> None:
        """Make sure that files can be kept; it takes two seconds at most."""
        ...
