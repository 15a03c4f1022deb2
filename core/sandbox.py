"""Limits for the process this is called in: it can lock itself up, and never get out again.

Needs no root and no library: rlimits, Landlock (which files) and seccomp (which system calls) are
asked of the kernel through ctypes. What the kernel does not offer is left out and reported.
"""

import contextlib
import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a process may use; going over is an error, or the end of it."""

    cpu_s: int
    #: Address space, which is more than the memory in use.
    memory_bytes: int
    #: Largest file it may write.
    file_bytes: int
    open_files: int = 256


@dataclass(frozen=True)
class SandboxState:
    """Which parts of the sandbox the kernel offers."""

    #: Version of Landlock; 0 where there is none.
    landlock_abi: int
    seccomp: bool


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that started it ends."""
    parent = os.getppid()
    _control(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended in between
        os.kill(os.getpid(), signal.SIGKILL)


def limit(limits: Limits) -> None:
    """Set limits that cannot be raised again, and forbid core dumps."""
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        # At the first a process is told why it ends (SIGXCPU), at the second it ends.
        (resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
    ):
        _, ceiling = resource.getrlimit(kind)
        allowed = hard if ceiling == resource.RLIM_INFINITY else min(hard, ceiling)
        resource.setrlimit(kind, (min(soft, allowed), allowed))


def lock(readable: Sequence[Path], writable: Sequence[Path]) -> SandboxState:
    """Take away every file, socket and program but the paths named; for good.

    Holds for the calling thread and all that it starts: call it while there is one thread only.
    Files that are open stay open. Name the folders of Python too, where more is to be imported.

    Args:
        readable: Files, or folders with all that is in them, that may be read.
        writable: Folders in which files may be read, written and removed.

    Returns:
        What the kernel offered; with neither, nothing is locked.

    Raises:
        OSError: A path does not exist, or the kernel refused what it offers.
    """
    if sys.platform != "linux":
        return SandboxState(landlock_abi=0, seccomp=False)
    _control(_PR_SET_NO_NEW_PRIVS, 1)
    return SandboxState(landlock_abi=_restrict_files(readable, writable), seccomp=_restrict_calls())


_LIBC = ctypes.CDLL(None, use_errno=True)

# <linux/prctl.h>
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2


def _control(option: int, *arguments: object) -> None:
    if sys.platform == "linux":
        padded = [*arguments, 0, 0, 0, 0][:4]
        _checked(_LIBC.prctl(option, *(_long(value) for value in padded)), f"prctl {option}")


def _long(value: object) -> object:
    return ctypes.c_ulong(value) if isinstance(value, int) else value


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


# Landlock: https://docs.kernel.org/userspace-api/landlock.html. Its system calls have the same
# numbers on every machine.
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_CREATE_RULESET_VERSION = 1
_LANDLOCK_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_TRUNCATE = 1 << 14
#: Rights that a file has; the others are those of folders.
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_TO_READ = _READ_FILE | _READ_DIR
_TO_WRITE = _TO_READ | _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG
#: Number of rights that each version knows; later ones know no more of these.
_N_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
#: From version 4 on: no TCP bind or connect. From 6 on: no abstract sockets, no signals outwards.
_NETWORK, _SCOPES = 0b11, 0b11


def _restrict_files(readable: Sequence[Path], writable: Sequence[Path]) -> int:
    """Switch Landlock on; answers its version, 0 where there is none."""
    abi: int = _LIBC.syscall(
        _LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_CREATE_RULESET_VERSION
    )
    if abi < 1:
        return 0
    handled = (1 << _N_RIGHTS[min(abi, max(_N_RIGHTS))]) - 1
    with _ruleset(abi, handled) as ruleset:
        for path in readable:
            _allow(ruleset, path, _TO_READ & handled)
        for path in writable:
            _allow(ruleset, path, _TO_WRITE & handled)
        _checked(_LIBC.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    return abi


@contextlib.contextmanager
def _ruleset(abi: int, handled: int) -> Iterator[int]:
    fields = [handled]
    if abi >= 4:
        fields.append(_NETWORK)
    if abi >= 6:
        fields.append(_SCOPES)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    size = ctypes.c_size_t(len(attributes))
    ruleset = _LIBC.syscall(_LANDLOCK_CREATE_RULESET, attributes, size, 0)
    _checked(ruleset, "landlock_create_ruleset")
    try:
        yield ruleset
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        usable = rights if path.is_dir() else rights & _OF_FILES
        rule = struct.pack("=Qi", usable, descriptor)
        added = _LIBC.syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_RULE_PATH_BENEATH, rule, 0)
        _checked(added, f"landlock_add_rule {path}")
    finally:
        os.close(descriptor)


# seccomp: a small program (classic BPF) that the kernel runs before every system call;
# https://docs.kernel.org/userspace-api/seccomp_filter.html
_MACHINE = "x86_64"
_AUDIT_ARCH_X86_64 = 0xC000003E
#: Calls of the x32 ABI have this bit; nobody needs them.
_X32_BIT = 0x40000000

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_OFFSET, _ARCH_OFFSET, _FIRST_ARGUMENT_OFFSET = 0, 4, 16
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38

_CLONE, _CLONE3 = 56, 435
#: Flags of clone: threads are fine, new processes and namespaces are not.
_CLONE_THREAD, _CLONE_NAMESPACES = 0x00010000, 0x7E020000

#: What a process that computes has no use for.
_DENIED: Mapping[str, int] = {
    # network
    "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49,
    "listen": 50, "socketpair": 53, "accept4": 288,
    # other programs, and looking into them
    "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "ptrace": 101,
    "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "pidfd_getfd": 438,
    # other roots, mounts and namespaces
    "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166, "unshare": 272,
    "setns": 308, "open_tree": 428, "move_mount": 429, "fsopen": 430,
    # files that are not plain files
    "link": 86, "symlink": 88, "mknod": 133, "mknodat": 259, "linkat": 265, "symlinkat": 266,
    "name_to_handle_at": 303, "open_by_handle_at": 304,
    # kernel
    "swapon": 167, "reboot": 169, "init_module": 175, "delete_module": 176, "kexec_load": 246,
    "add_key": 248, "request_key": 249, "keyctl": 250, "perf_event_open": 298,
    "finit_module": 313, "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425,
    "io_uring_enter": 426, "io_uring_register": 427,
    # who we are
    "setuid": 105, "setgid": 106, "personality": 135,
}  # fmt: skip


def _restrict_calls() -> bool:
    """Switch seccomp on; whether that was possible."""
    if platform.machine() != _MACHINE:
        return False
    program = _filter_program()
    instructions = ctypes.create_string_buffer(program)
    address = ctypes.addressof(instructions)
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, address))
    try:
        _control(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(header))
    except OSError:
        return False
    return True


def _filter_program() -> bytes:
    refuse = _instruction(_RETURN, _ERROR | _EPERM)
    allow = _instruction(_RETURN, _ALLOW)
    kill = _instruction(_RETURN, _KILL)
    return b"".join(
        [
            _instruction(_LOAD, _ARCH_OFFSET),
            _instruction(_JUMP_EQUAL, _AUDIT_ARCH_X86_64, skip_if=1),
            kill,
            _instruction(_LOAD, _NUMBER_OFFSET),
            _instruction(_JUMP_GREATER_EQUAL, _X32_BIT, skip_else=1),
            kill,
            # clone3 hides its flags; "no such call" makes the C library use clone instead.
            _instruction(_JUMP_EQUAL, _CLONE3, skip_else=1),
            _instruction(_RETURN, _ERROR | _ENOSYS),
            *(
                part
                for number in _DENIED.values()
                for part in (_instruction(_JUMP_EQUAL, number, skip_else=1), refuse)
            ),
            _instruction(_JUMP_EQUAL, _CLONE, skip_else=4),
            _instruction(_LOAD, _FIRST_ARGUMENT_OFFSET),
            _instruction(_JUMP_SET, _CLONE_NAMESPACES, skip_if=1),
            _instruction(_JUMP_SET, _CLONE_THREAD, skip_if=1),
            refuse,
            allow,
        ]
    )


def _instruction(code: int, value: int, *, skip_if: int = 0, skip_else: int = 0) -> bytes:
    """One BPF instruction; a jump skips so many of the next when its test holds, or fails."""
    return struct.pack("=HBBI", code, skip_if, skip_else, value)
