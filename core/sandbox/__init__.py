"""Limits for the process this is called in: it can lock itself up, and never get out again.

Needs no root and no library: rlimits, Landlock (which files) and seccomp (which system calls) are
asked of the kernel through ctypes. What the kernel does not offer is left out and reported, or
refused where `VARIABLE` says so.
"""

from .limits import Limits, die_with_parent, limit
from .locking import VARIABLE, SandboxState, is_required, lock, narrow, offered, refuse_if_missing

__all__ = [
    "VARIABLE",
    "Limits",
    "SandboxState",
    "die_with_parent",
    "is_required",
    "limit",
    "lock",
    "narrow",
    "offered",
    "refuse_if_missing",
]
