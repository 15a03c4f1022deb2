"""Which files were read, and found to be what their names say."""

import os
from pathlib import Path

from .. import errors
from . import disks
from .values import Watch

#: So many are remembered; beyond that it starts again.
_MOST = 10_000


class Wholeness:
    """Compares a file with its name when this process first asks, and when it has changed since."""

    def __init__(self) -> None:
        self._whole: dict[str, tuple[int, int, int]] = {}

    def check(self, path: Path, sha256: str, *, watch: Watch | None = None) -> None:
        """Refuse a file that is not what its name says.

        Raises:
            DamagedFile: It is damaged.
            FileNotFoundError: It is not there.
        """
        identity = _identity(path.stat())
        if self._whole.get(sha256) == identity:
            return
        compare(sha256, disks.hash_file(path, watch=watch))
        if len(self._whole) >= _MOST:
            self._whole.clear()
        self._whole[sha256] = identity


def compare(expected: str, received: str) -> None:
    """Refuse what hashes to something else than its name.

    Raises:
        DamagedFile: It is damaged.
    """
    if received != expected:
        raise errors.DamagedFile(
            f"the stored file {expected} is damaged: it holds {received}",
            expected=expected, received=received,
        )  # fmt: skip


def _identity(facts: os.stat_result) -> tuple[int, int, int]:
    # Not the time of the last change of its attributes: the cache touches what is used.
    return facts.st_ino, facts.st_size, facts.st_mtime_ns
