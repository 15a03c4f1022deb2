"""How much a process may use, and how long it may outlive the one that started it: not at all."""

import os
import resource
import signal
from dataclasses import dataclass

from . import kernel

#: <linux/prctl.h>
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a process may use; going over is an error, or the end of it. ``None`` is no limit."""

    cpu_s: int | None = None
    #: Address space, which is more than the memory in use; far more where there is a GPU.
    memory_bytes: int | None = None
    #: Largest file it may write.
    file_bytes: int
    open_files: int = 256


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that started it ends."""
    parent = os.getppid()
    kernel.control(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended in between
        os.kill(os.getpid(), signal.SIGKILL)


def limit(limits: Limits) -> None:
    """Set limits that cannot be raised again, and forbid core dumps."""
    _set(resource.RLIMIT_CORE, 0, 0)
    if limits.cpu_s is not None:
        # At the first a process is told why it ends (SIGXCPU), at the second it ends.
        _set(resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1)
    if limits.memory_bytes is not None:
        _set(resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes)
    _set(resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)
    _set(resource.RLIMIT_NOFILE, limits.open_files, limits.open_files)


def _set(kind: int, soft: int, hard: int) -> None:
    _, ceiling = resource.getrlimit(kind)
    allowed = hard if ceiling == resource.RLIM_INFINITY else min(hard, ceiling)
    resource.setrlimit(kind, (min(soft, allowed), allowed))
