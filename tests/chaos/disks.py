"""A small disk that can be filled up and emptied."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

_SIZE = "384m"


class Disk:
    """A folder; where we may mount, one with a file system of its own."""

    def __init__(self, folder: Path, *, missing: str | None = None) -> None:
        """A disk that is not full.

        Args:
            folder: Where its files are.
            missing: Why it cannot be filled.
        """
        self.folder = folder
        self.missing = missing
        self._ballast = folder / "ballast"

    def fill(self, *, left_bytes: int) -> None:
        """Leave so much room."""
        facts = os.statvfs(self.folder)
        n_bytes = facts.f_bavail * facts.f_frsize - left_bytes
        with self._ballast.open("wb") as ballast, contextlib.suppress(OSError):
            os.posix_fallocate(ballast.fileno(), 0, max(1, n_bytes))

    def empty(self) -> None:
        """Make room again."""
        self._ballast.unlink(missing_ok=True)


@contextlib.contextmanager
def mounted(folder: Path) -> Iterator[Disk]:
    """A file system of its own in a folder, which is made; a plain folder where that is refused."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=700", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        yield Disk(folder, missing=f"no small disk can be mounted: {done.stderr.strip()}")
        return
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
