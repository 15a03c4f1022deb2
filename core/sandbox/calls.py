"""seccomp: which system calls a process may make.

A small program (classic BPF) that the kernel runs before every system call;
https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import os
import platform
import struct
from collections.abc import Mapping

from . import kernel

# <linux/prctl.h>, <linux/seccomp.h>
_PR_GET_SECCOMP, _PR_SET_SECCOMP = 21, 22
_MODE_FILTER = 2

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
DENIED: Mapping[str, int] = {
    # network
    "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49,
    "listen": 50, "socketpair": 53, "accept4": 288, "sendmmsg": 307,
    # other programs, and looking into them
    "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "ptrace": 101,
    "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "pidfd_getfd": 438,
    "pidfd_open": 434, "pidfd_send_signal": 424, "process_madvise": 440, "process_mrelease": 448,
    "tkill": 200, "setpriority": 141, "sched_setparam": 142, "sched_setscheduler": 144,
    "sched_setattr": 314, "ioprio_set": 251, "migrate_pages": 256, "move_pages": 279,
    # memory and messages that processes share
    "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semctl": 66,
    "semtimedop": 220, "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71,
    "mq_open": 240, "mq_unlink": 241,
    # other roots, mounts and namespaces
    "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166, "unshare": 272,
    "setns": 308, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431,
    "fsmount": 432, "fspick": 433, "mount_setattr": 442,
    # files that are not plain files
    "link": 86, "symlink": 88, "mknod": 133, "mknodat": 259, "linkat": 265, "symlinkat": 266,
    "name_to_handle_at": 303, "open_by_handle_at": 304,
    # what is written on a file and who looks at it, of which Landlock knows nothing
    "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452, "chown": 92, "fchown": 93,
    "lchown": 94, "fchownat": 260, "utime": 132, "utimes": 235, "futimesat": 261,
    "utimensat": 280, "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197,
    "lremovexattr": 198, "fremovexattr": 199, "setxattrat": 463, "removexattrat": 466,
    "inotify_init": 253, "inotify_init1": 294, "inotify_add_watch": 254, "fanotify_init": 300,
    # kernel
    "acct": 163, "settimeofday": 164, "swapon": 167, "swapoff": 168, "reboot": 169,
    "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173, "init_module": 175,
    "delete_module": 176, "quotactl": 179, "clock_settime": 227, "kexec_load": 246,
    "add_key": 248, "request_key": 249, "keyctl": 250, "perf_event_open": 298,
    "finit_module": 313, "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323,
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    # who we are
    "setuid": 105, "setgid": 106, "setreuid": 113, "setregid": 114, "setgroups": 116,
    "setresuid": 117, "setresgid": 119, "setfsuid": 122, "setfsgid": 123, "capset": 126,
    "personality": 135,
}  # fmt: skip

#: What a process may do to itself only; the first argument says to which process.
_TO_ITSELF: Mapping[str, int] = {
    "kill": 62, "rt_sigqueueinfo": 129, "tgkill": 234, "rt_tgsigqueueinfo": 297, "prlimit64": 302,
}  # fmt: skip


def is_offered() -> bool:
    """Whether there is a filter for this machine, and a kernel that takes it."""
    if not kernel.is_linux() or platform.machine() != _MACHINE:
        return False
    try:
        kernel.control(_PR_GET_SECCOMP)
    except OSError:
        return False
    return True


def restrict() -> bool:
    """Take away what `DENIED` names; whether that was possible. It needs no_new_privs."""
    if not is_offered():
        return False
    program = _program(os.getpid())
    instructions = ctypes.create_string_buffer(program)
    address = ctypes.addressof(instructions)
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, address))
    try:
        kernel.control(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(header))
    except OSError:
        return False
    return True


def _program(pid: int) -> bytes:
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
            *(_denied(number) for number in DENIED.values()),
            *(_to_itself(number, pid) for number in _TO_ITSELF.values()),
            _threads_only(),
            _instruction(_RETURN, _ALLOW),
        ]
    )


def _denied(number: int) -> bytes:
    return _instruction(_JUMP_EQUAL, number, skip_else=1) + _REFUSE


def _to_itself(number: int, pid: int) -> bytes:
    """A call that is allowed for process 0, which means this one, and by its own number."""
    return b"".join(
        [
            _instruction(_JUMP_EQUAL, number, skip_else=5),
            _instruction(_LOAD, _FIRST_ARGUMENT_OFFSET),
            _instruction(_JUMP_EQUAL, 0, skip_if=2),
            _instruction(_JUMP_EQUAL, pid, skip_if=1),
            _REFUSE,
            _instruction(_RETURN, _ALLOW),
        ]
    )


def _threads_only() -> bytes:
    return b"".join(
        [
            _instruction(_JUMP_EQUAL, _CLONE, skip_else=4),
            _instruction(_LOAD, _FIRST_ARGUMENT_OFFSET),
            _instruction(_JUMP_SET, _CLONE_NAMESPACES, skip_if=1),
            _instruction(_JUMP_SET, _CLONE_THREAD, skip_if=1),
            _REFUSE,
        ]
    )


def _instruction(code: int, value: int, *, skip_if: int = 0, skip_else: int = 0) -> bytes:
    """One BPF instruction; a jump skips so many of the next when its test holds, or fails."""
    return struct.pack("=HBBI", code, skip_if, skip_else, value)


_REFUSE = _instruction(_RETURN, _ERROR | _EPERM)
