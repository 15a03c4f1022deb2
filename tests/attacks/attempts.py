"""The attempts: a name each, and a function that raises PermissionError when it was denied.

What they need to know stands in `Targets`. Everything in here runs in the child.
"""

import contextlib
import ctypes
import errno
import mmap
import os
import resource
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.results import Value

_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE_NEW_USER = 0x10000000
_PTRACE_ATTACH = 16


@dataclass(frozen=True, kw_only=True)
class Targets(Value):
    """What there is to be had, and none of it may be."""

    #: Process of the worker.
    parent: int
    database: str
    #: A file that was uploaded.
    upload: str
    #: A file of another job, and a folder of its own.
    other_job: str
    #: The folder of this job, and an input of it.
    own_job: str
    own_input: str
    #: A path that must not come to be; outside of the state folder.
    marker: str
    #: Of a server on 127.0.0.1, and one in the file system.
    port: int
    local_socket: str
    #: Without a file; its name begins with a NUL, and the whole machine shares such names.
    abstract_socket: str


Attempt = Callable[[Targets], object]


def _raw(number: int, *arguments: int) -> None:
    """A system call without Python in between."""
    ctypes.set_errno(0)
    longs = [ctypes.c_long(value) for value in (number, *arguments)]
    if _LIBC.syscall(*longs) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _program(targets: Targets) -> None:
    os.execv("/bin/touch", ["touch", targets.marker])


def _shell(targets: Targets) -> None:
    if os.system(f"touch {targets.marker}") != 0:
        raise PermissionError(errno.EPERM, "no shell")


def _local_socket(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)


def _tcp(targets: Targets) -> None:
    socket.create_connection(("127.0.0.1", targets.port), timeout=2).close()


def _udp(targets: Targets) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", targets.port))


def _memory_of_the_worker(targets: Targets) -> None:
    with Path(f"/proc/{targets.parent}/mem").open("r+b", buffering=0):
        pass


def _map_database(targets: Targets) -> None:
    with (
        Path(targets.database).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ),
    ):
        pass


def _read(path: str) -> None:
    Path(path).read_bytes()


def _list(path: str) -> None:
    list(Path(path).iterdir())


def _append(path: str) -> None:
    with Path(path).open("ab") as file:
        file.write(b"x")


READ: Mapping[str, Attempt] = {
    "read /etc/passwd": lambda to: _read("/etc/passwd"),
    "read the database": lambda to: _read(to.database),
    "map the database": _map_database,
    "read a file that was uploaded": lambda to: _read(to.upload),
    "read a file of another job": lambda to: _read(to.other_job),
    "list the jobs": lambda to: _list(f"{to.own_job}/.."),
    "list a home": lambda to: _list("/root" if os.getuid() == 0 else "/home"),
    "read the environment of the worker": lambda to: _read(f"/proc/{to.parent}/environ"),
    "read its own environment in /proc": lambda to: _read("/proc/self/environ"),
    "open the memory of the worker": _memory_of_the_worker,
    "list the files that the worker has open": lambda to: _list(f"/proc/{to.parent}/fd"),
}
WRITE: Mapping[str, Attempt] = {
    "write to the folder for temporary files": lambda to: _append(to.marker),
    "write to the database": lambda to: _append(to.database),
    "write to a file that was uploaded": lambda to: _append(to.upload),
    "write to a file of another job": lambda to: _append(to.other_job),
    "write to its own input": lambda to: _append(to.own_input),
    "write beside its results": lambda to: _append(f"{to.own_job}/new"),
    "remove the database": lambda to: Path(to.database).unlink(),
    "empty the database": lambda to: os.truncate(to.database, 0),
    "move the database": lambda to: Path(to.database).rename(f"{to.own_job}/results/database"),
    "link to the database": lambda to: os.link(to.database, f"{to.own_job}/results/database"),
    "make a symbolic link": lambda to: Path(f"{to.own_job}/results/link").symlink_to(to.database),
    "open the database to everybody": lambda to: Path(to.database).chmod(0o777),
    "set the clock of the database": lambda to: os.utime(to.database, (0, 0)),
    "watch the database": lambda to: _raw(253),
    "make a device": lambda to: os.mknod(f"{to.own_job}/results/device", 0o600, 0),
}
REACH: Mapping[str, Attempt] = {
    "TCP to 127.0.0.1": _tcp,
    "UDP to 127.0.0.1": _udp,
    "listen": lambda to: socket.create_server(("127.0.0.1", 0)).close(),
    "a socket in the file system": lambda to: _local_socket(to.local_socket),
    "a socket without a name": lambda to: _local_socket(to.abstract_socket),
    "a pair of sockets": lambda to: socket.socketpair(),
    "io_uring": lambda to: _raw(425, 1, 0),
    "shared memory": lambda to: _raw(29, 0, 4096, 0o1666),
}
RULE: Mapping[str, Attempt] = {
    "start a program": _program,
    "start a shell": _shell,
    "start a child": lambda to: subprocess.run(["/bin/touch", to.marker], check=True),
    "fork": lambda to: os.fork() or os._exit(0),
    "a namespace of its own": lambda to: _raw(272, _CLONE_NEW_USER),
    "another root": lambda to: os.chroot("/"),
    "mount": lambda to: _raw(165, 0, 0, 0, 0, 0),
    "signal to the worker": lambda to: os.kill(to.parent, signal.SIGUSR1),
    "signal to everybody": lambda to: os.kill(-1, 0),
    "signal to the worker by a queue": lambda to: _raw(129, to.parent, int(signal.SIGUSR1), 0),
    "a handle on the worker": lambda to: os.pidfd_open(to.parent),
    "trace the worker": lambda to: _raw(101, _PTRACE_ATTACH, to.parent, 0, 0),
    "look into the worker": lambda to: _raw(310, to.parent, 0, 0, 0, 0, 0),
    "limit the worker": lambda to: resource.prlimit(to.parent, resource.RLIMIT_CORE, (0, 0)),
    "slow the worker down": lambda to: os.setpriority(os.PRIO_PROCESS, to.parent, 19),
    "be somebody else": lambda to: os.setuid(os.getuid()),
    "keys of the kernel": lambda to: _raw(250, 0, 0, 0, 0, 0),
    "programs of the kernel": lambda to: _raw(321, 0, 0, 0),
    "raise its own limits": lambda to: resource.setrlimit(resource.RLIMIT_CORE, (1, 1)),
}
ALL: Mapping[str, Attempt] = {**READ, **WRITE, **REACH, **RULE}


def outcome(attempt: Attempt, targets: Targets) -> str:
    """``denied``, or what came of it instead."""
    try:
        attempt(targets)
    except PermissionError:
        return "denied"
    except ValueError as error:  # how Python tells of a limit that may not be raised
        return "denied" if "not allowed" in str(error) else repr(error)
    except BaseException as error:  # noqa: BLE001 - an attempt may fail in any way
        return repr(error)
    return "DONE"


def thread_id() -> int:
    """Of the thread that asks, as the kernel counts."""
    with contextlib.suppress(AttributeError):
        return int(_LIBC.gettid())
    return 0
