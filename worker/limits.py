"""What a child may use up before it is ended: memory, and time without a sign of progress."""

import time
from dataclasses import dataclass, field

import psutil

from core import errors
from core.children import Child

#: Looking at the memory of a process takes a millisecond.
_MEMORY_CHECK_EVERY_S = 1.0


@dataclass
class Limits:
    """The limits of one child, and how near it is to them."""

    memory_bytes: int
    no_progress_s: float
    _progress_at: float = field(default_factory=time.monotonic)
    _memory_checked_at: float = 0.0

    def note_progress(self) -> None:
        """The child has shown a sign of life."""
        self._progress_at = time.monotonic()

    def check(self, child: Child) -> None:
        """Refuse a child that is over a limit.

        Raises:
            OutOfMemory: It has more memory than it may.
            NoProgress: It has been silent for too long.
        """
        now = time.monotonic()
        if now - self._progress_at > self.no_progress_s:
            raise errors.NoProgress(
                f"the work was stopped: it has not progressed for {self.no_progress_s:g} s",
                expected=self.no_progress_s,
            )
        if now - self._memory_checked_at > _MEMORY_CHECK_EVERY_S:
            self._memory_checked_at = now
            self._check_memory(memory_bytes(child.pid))

    def _check_memory(self, used_bytes: int) -> None:
        if used_bytes > self.memory_bytes:
            raise errors.OutOfMemory(
                f"the work was stopped: it took {used_bytes} bytes of memory, "
                f"and {self.memory_bytes} are the limit",
                expected=self.memory_bytes, received=used_bytes,
            )  # fmt: skip


def memory_bytes(pid: int) -> int:
    """Memory of a process and all it started; 0 when it has ended."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(_resident_bytes(process) for process in family)


def _resident_bytes(process: psutil.Process) -> int:
    try:
        resident: int = process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
    return resident
