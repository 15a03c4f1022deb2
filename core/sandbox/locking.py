"""Locks a process up with all that the kernel has for it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import errors
from . import calls, kernel, landlock

#: Set in the environment, nothing is done where the kernel has not all of it.
VARIABLE = "NETMEND_REQUIRE_SANDBOX"
_NO = {"", "0", "false", "f", "no", "n", "off"}
#: <linux/prctl.h>
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True)
class SandboxState:
    """Which parts of the sandbox the kernel offers."""

    #: Version of Landlock; 0 where there is none.
    landlock_abi: int
    seccomp: bool

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.landlock_abi > 0 and self.seccomp

    def __str__(self) -> str:
        files = f"landlock ABI {self.landlock_abi}" if self.landlock_abi else "no landlock"
        return f"{files}, {'seccomp on' if self.seccomp else 'no seccomp'}"


def offered() -> SandboxState:
    """What the kernel has; nothing is locked."""
    return SandboxState(landlock_abi=landlock.version(), seccomp=calls.is_offered())


def is_required() -> bool:
    """Whether `VARIABLE` is set; what it says that is no plain "no" is taken for "yes"."""
    return os.environ.get(VARIABLE, "").strip().lower() not in _NO


def refuse_if_missing(state: SandboxState, *, is_required: bool) -> None:
    """Refuse to go on without what is required.

    Raises:
        SandboxMissing: Something is missing, and all of it is required.
    """
    if is_required and not state.is_complete:
        raise errors.SandboxMissing(
            f"the kernel does not lock the work up as {VARIABLE} requires: {state}",
            expected="landlock and seccomp", received=str(state),
            hint="use a Linux kernel from 5.13 on, and a container that allows both",
        )  # fmt: skip


def lock(
    readable: Sequence[Path], writable: Sequence[Path], devices: Sequence[Path] = ()
) -> SandboxState:
    """Take away every file, socket and program but the paths named; for good.

    Holds for the calling thread and all that it starts: call it while there is one thread only.
    Files that are open stay open. Name the folders of Python too, where more is to be imported.

    Args:
        readable: Files, or folders with all that is in them, that may be read.
        writable: Folders in which files may be read, written and removed.
        devices: Device files that may be used, and folders of such.

    Returns:
        What the kernel offered; with neither, nothing is locked.

    Raises:
        OSError: A path does not exist, or the kernel refuses what it offers.
        SandboxMissing: The kernel lacks something, and `VARIABLE` requires all of it.
    """
    if kernel.is_linux():
        kernel.control(_PR_SET_NO_NEW_PRIVS, 1)
    abi = narrow(readable, writable, devices)
    state = SandboxState(landlock_abi=abi, seccomp=calls.restrict())
    refuse_if_missing(state, is_required=is_required())
    return state


def narrow(readable: Sequence[Path], writable: Sequence[Path], devices: Sequence[Path] = ()) -> int:
    """Of the files that `lock` left, leave these only. Arguments and errors are those of `lock`.

    Returns:
        The version of Landlock; 0 where there is none.
    """
    abi = landlock.version()
    if abi:
        landlock.restrict(readable, writable, devices)
    return abi
