"""Where the server listens, and how others on this machine find it."""

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from .errors import AddressNotFree

_FILE = "server.json"


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections, also while the web server is started again.

    Args:
        host: Address of this machine, or a name of it.
        port: 0 is any that is free.

    Raises:
        AddressNotFree: Somebody else listens there, or it is not an address of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise AddressNotFree(
            f"cannot listen on {host}:{port}: {error.strerror}",
            place=f"{host}:{port}", hint="stop what does, or name another port; 0 is any free one",
        ) from error  # fmt: skip


def url(listener: socket.socket) -> str:
    """What a browser on this machine calls it."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def answers(listener: socket.socket) -> bool:
    """Whether the web server answers requests."""
    host, port = listener.getsockname()[:2]
    try:
        with socket.create_connection((host, port), timeout=1) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return connection.recv(12).endswith(b" 200")
    except OSError:
        return False


def write_private(path: Path, text: str) -> None:
    """A file that only its owner can read; it appears whole."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    partial.replace(path)


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where a server answers, and what opens it."""

    url: str
    token: str


def publish(folder: Path, server: str, token: str) -> None:
    """Let the command line of this user find the server."""
    write_private(folder / _FILE, json.dumps({"url": server, "token": token}))


def published(folder: Path) -> Server | None:
    """The server that runs with this state folder, or did when it was killed."""
    try:
        found = json.loads((folder / _FILE).read_text())
        return Server(url=found["url"], token=found["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def withdraw(folder: Path) -> None:
    """The server is gone."""
    (folder / _FILE).unlink(missing_ok=True)
