"""Landlock: which files a process may reach; https://docs.kernel.org/userspace-api/landlock.html."""

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import kernel

# Its system calls have the same numbers on every machine.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
#: Rights that a file has; the others are those of folders.
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_TO_READ = _READ_FILE | _READ_DIR
_TO_WRITE = _TO_READ | _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG
_TO_OPERATE = _TO_READ | _WRITE_FILE | _TRUNCATE | _IOCTL_DEVICE
#: Number of rights that each version knows; later ones know no more of these.
_N_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
#: From version 4 on: no TCP bind or connect. From 6 on: no abstract sockets, no signals outwards.
_NETWORK, _SCOPES = 0b11, 0b11
#: From version 8 on a process can be restricted with all its threads; before, only the one that
#: asks, and those that it starts.
_ALL_THREADS_SINCE, _ALL_THREADS = 8, 1 << 3


def version() -> int:
    """What the kernel has; 0 where it has none."""
    if not kernel.is_linux():
        return 0
    size = ctypes.c_size_t(0)
    return max(0, kernel.call(_CREATE_RULESET, None, size, _CREATE_RULESET_VERSION))


def reaches_all_threads() -> bool:
    """Whether `restrict` also holds for threads that were there before."""
    return version() >= _ALL_THREADS_SINCE


def restrict(
    readable: Sequence[Path], writable: Sequence[Path], devices: Sequence[Path] = ()
) -> None:
    """Take away every file but these; those that an earlier call took away stay away.

    Raises:
        OSError: A path does not exist, or the kernel refuses what it offers.
    """
    abi = version()
    handled = (1 << _N_RIGHTS[min(abi, max(_N_RIGHTS))]) - 1
    rights = ((readable, _TO_READ), (writable, _TO_WRITE), (devices, _TO_OPERATE))
    with _ruleset(abi, handled) as ruleset:
        for paths, wanted in rights:
            for path in paths:
                _allow(ruleset, path, wanted & handled)
        flags = _ALL_THREADS if abi >= _ALL_THREADS_SINCE else 0
        kernel.checked_call("landlock_restrict_self", _RESTRICT_SELF, ruleset, flags)


@contextlib.contextmanager
def _ruleset(abi: int, handled: int) -> Iterator[int]:
    fields = [handled]
    if abi >= 4:
        fields.append(_NETWORK)
    if abi >= 6:
        fields.append(_SCOPES)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    size = ctypes.c_size_t(len(attributes))
    ruleset = kernel.checked_call("landlock_create_ruleset", _CREATE_RULESET, attributes, size, 0)
    try:
        yield ruleset
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        usable = rights if path.is_dir() else rights & _OF_FILES
        rule = struct.pack("=Qi", usable, descriptor)
        what = f"landlock_add_rule {path}"
        kernel.checked_call(what, _ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
