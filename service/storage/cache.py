"""Files of a bucket that were asked for on this machine, kept for the next who asks."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import errors
from . import disks
from .values import Unfinished, Watch
from .wholeness import Wholeness

_PLACE = "for copies of stored files"
#: Whoever asked for a file may still be reading it for so long, by its path.
_IN_USE_S = 900.0
_PAUSE_S = 0.02

#: Writes a file to a path, or raises an error and leaves it to be removed.
Fetch = Callable[[Path], None]


class Cache:
    """A bounded folder of copies; several processes use it at a time.

    A copy appears whole, is compared with its name when a process first asks for it, and is
    fetched again if it is damaged. When there is too much of them, those go first that nobody has
    asked for the longest; what was asked for just now stays, even if it alone is too much.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._wholeness = Wholeness()

    def path(self, sha256: str, fetch: Fetch, *, watch: Watch | None = None) -> Path:
        """A copy of a file, fetched if it is not here.

        Args:
            sha256: Which file.
            fetch: Gets it.
            watch: Called while this takes long.

        Raises:
            DamagedFile: What was fetched is something else.
            InsufficientStorage: There is no room for it.
        """
        place = self._place(sha256)
        with disks.troubles_told(_PLACE):
            with self._lock(sha256, watch):
                is_new = not self._has(place, watch)
                if is_new:
                    self._add(place, fetch, watch)
            if is_new:
                self._make_room()
        return place

    def temporary(self) -> contextlib.AbstractContextManager[Path]:
        """A file beside the copies, gone at the end."""
        return disks.temporary(self._folder)

    def unfinished(self, *, older_than_s: float) -> Iterator[Unfinished]:
        """Temporary files whose process died."""
        return disks.leftovers(self._folder, older_than_s=older_than_s)

    def _place(self, sha256: str) -> Path:
        return self._folder / "copies" / sha256[:2] / sha256

    def _has(self, place: Path, watch: Watch | None) -> bool:
        try:
            facts = place.stat()
            os.utime(place, ns=(time.time_ns(), facts.st_mtime_ns))  # asked for now
            self._wholeness.check(place, place.name, watch=watch)
        except (FileNotFoundError, errors.DamagedFile):  # it is fetched, perhaps again
            return False
        return True

    def _add(self, place: Path, fetch: Fetch, watch: Watch | None) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        with self.temporary() as partial:
            fetch(partial)
            partial.chmod(0o444)
            partial.replace(place)
        try:
            self._wholeness.check(place, place.name, watch=watch)
        except errors.DamagedFile:
            place.unlink()
            raise

    def _make_room(self) -> None:
        copies = sorted(self._copies(), key=lambda copy: copy.used_at)
        excess = sum(copy.n_bytes for copy in copies) - self._max_bytes
        for copy in copies:
            if excess <= 0:
                return
            if self._remove(copy.path):
                excess -= copy.n_bytes

    def _copies(self) -> Iterator["_Copy"]:
        for path in self._folder.glob("copies/??/*"):
            with contextlib.suppress(FileNotFoundError):  # somebody else made room
                facts = path.stat()
                yield _Copy(path=path, n_bytes=facts.st_size, used_at=facts.st_atime)

    def _remove(self, path: Path) -> bool:
        """Whether it is gone; it stays when somebody may still need it."""
        with contextlib.suppress(BlockingIOError, FileNotFoundError):
            with self._try_lock(path.name):
                if time.time() - path.stat().st_atime < _IN_USE_S:
                    return False
                path.unlink()
            return True
        return False

    @contextlib.contextmanager
    def _lock(self, sha256: str, watch: Watch | None) -> Iterator[None]:
        """Be the only one who fetches or removes this file, once the others have done so."""
        while True:
            try:
                with self._try_lock(sha256):
                    yield
                    return
            except BlockingIOError:
                if watch is not None:
                    watch()
                time.sleep(_PAUSE_S)

    @contextlib.contextmanager
    def _try_lock(self, sha256: str) -> Iterator[None]:
        locks = self._folder / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        with (locks / sha256[:3]).open("ab") as file:  # few enough to be left where they are
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield


@dataclass(frozen=True, kw_only=True)
class _Copy:
    path: Path
    n_bytes: int
    used_at: float
