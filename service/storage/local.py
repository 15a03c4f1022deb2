"""A folder as storage."""

import contextlib
import errno
import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from .. import errors
from . import disks
from .values import Stored, Unfinished, Watch
from .wholeness import Wholeness, compare

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PLACE = "in storage"


class LocalStorage:
    """A folder, ``ab/cd/abcd…`` in it. What appears in it is whole and on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wholeness = Wholeness()

    def put(self, stream: BinaryIO) -> Stored:
        """See `Storage`."""
        with disks.troubles_told(_PLACE), disks.temporary(self._folder) as partial:
            stored = disks.copy(stream, partial)
            self._appear(partial, stored.sha256)
        return stored

    def take(self, path: Path, sha256: str) -> Stored:
        """See `Storage`."""
        stored = Stored(sha256=sha256, n_bytes=path.stat().st_size)
        with disks.troubles_told(_PLACE):
            try:
                os.utime(path)  # its age is that in storage
                disks.sync(path)
                self._appear(path, sha256)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                stored = self._take_from_elsewhere(path, sha256)
        return stored

    def open(self, sha256: str, *, watch: Watch | None = None) -> BinaryIO:
        """See `Storage`."""
        path = self.path(sha256, watch=watch)
        with self._missing_told(sha256):
            return path.open("rb")

    def path(self, sha256: str, *, watch: Watch | None = None) -> Path:
        """See `Storage`."""
        place = self._place(sha256)
        with self._missing_told(sha256):
            self._wholeness.check(place, sha256, watch=watch)
        return place

    def copy(self, sha256: str, target: Path) -> Stored:
        """See `Storage`."""
        place = self._place(sha256)
        with self._missing_told(sha256), disks.removed_after_errors(target):
            disks.link_or_copy(place, target)
            compare(sha256, disks.hash_file(target))
            return _stored(target)

    def verify(self, sha256: str) -> Stored:
        """See `Storage`."""
        place = self._place(sha256)
        with self._missing_told(sha256):
            compare(sha256, disks.hash_file(place))
            return _stored(place)

    def renew(self, sha256: str) -> Stored:
        """See `Storage`."""
        place = self._place(sha256)
        with self._missing_told(sha256), self._lock(fcntl.LOCK_SH):
            os.utime(place)
            return _stored(place)

    def delete(self, sha256: str) -> None:
        """See `Storage`."""
        with disks.troubles_told(_PLACE):
            self._place(sha256).unlink(missing_ok=True)

    def forget(self, names: Iterable[str], *, older_than_s: float) -> Iterator[Stored]:
        """See `Storage`."""
        for sha256 in names:
            with contextlib.suppress(errors.NotFound):  # somebody else forgot it
                found = self._forget(sha256, older_than_s)
                if found is not None:
                    yield found

    def iterate(self) -> Iterator[Stored]:
        """See `Storage`."""
        with disks.troubles_told(_PLACE):
            for path in self._folder.glob("??/??/*"):
                if _SHA256.fullmatch(path.name):
                    with contextlib.suppress(FileNotFoundError):  # somebody forgot it just now
                        yield _stored(path)

    def unfinished(self, *, older_than_s: float) -> Iterator[Unfinished]:
        """See `Storage`."""
        return disks.leftovers(self._folder, older_than_s=older_than_s)

    def check(self) -> None:
        """See `Storage`."""
        with disks.troubles_told(_PLACE), disks.temporary(self._folder) as partial:
            partial.write_bytes(b"netmend")

    def _place(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):  # it came in a request, perhaps
            raise errors.NotFound(f"{sha256!r} is not a SHA-256", sha256=sha256)
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def _forget(self, sha256: str, older_than_s: float) -> Stored | None:
        place = self._place(sha256)
        with self._missing_told(sha256), self._lock(fcntl.LOCK_EX):
            found = _stored(place)
            if found.age_s < older_than_s:
                return None
            place.unlink()  # nobody stored it again since the look: they would need the lock
            return found

    def _appear(self, partial: Path, sha256: str) -> None:
        place = self._place(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        partial.chmod(0o444)
        with self._lock(fcntl.LOCK_SH):
            partial.replace(place)  # the same bytes, if it was there already; and young again
        for folder in (place.parent, place.parent.parent, self._folder):
            disks.sync(folder)

    def _take_from_elsewhere(self, path: Path, sha256: str) -> Stored:
        with path.open("rb") as stream:
            stored = self.put(stream)
        if stored.sha256 != sha256:
            raise errors.ChecksumMismatch(
                f"{path.name} changed while it was stored", expected=sha256, received=stored.sha256
            )
        path.unlink()
        return stored

    @contextlib.contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        """Many may let files appear at a time; who removes one does so alone."""
        with (self._folder / "lock").open("ab") as file:
            fcntl.flock(file, kind)
            yield

    @contextlib.contextmanager
    def _missing_told(self, sha256: str) -> Iterator[None]:
        try:
            with disks.troubles_told(_PLACE):
                yield
        except (FileNotFoundError, IsADirectoryError) as error:
            raise errors.NotFound(f"there is no stored file {sha256}", sha256=sha256) from error


def _stored(path: Path) -> Stored:
    facts = path.stat()
    return Stored(sha256=path.name, n_bytes=facts.st_size, age_s=disks.age_s(facts))
