"""Servers to measure: the web server as `netmend web` runs it, and all of `netmend up`."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from netmend.embedded import access
from service import db
from service.settings import Settings

_NETMEND = str(Path(sys.executable).with_name("netmend"))
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    url: str
    token: str
    process: psutil.Process


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def web(folder: Path, port: int, **settings: object) -> Iterator[Server]:
    """`netmend web` alone, with its own SQLite database, nobody behind it and no broker.

    Args:
        folder: Its state folder, which may have been used before.
        port: Where it listens.
        **settings: Other settings, by their names.
    """
    given = {"state_folder": folder, "web_port": port, "broker_url": _nobody(folder), **settings}
    engine = db.make_engine(Settings(**given))
    db.upgrade(engine)
    token = access.token(engine, folder)
    engine.dispose()
    variables = {f"NETMEND_{name.upper()}": str(value) for name, value in given.items()}
    with running([_NETMEND, "web"], port, variables) as process:
        yield Server(url=f"http://127.0.0.1:{port}", token=token, process=process)


@contextlib.contextmanager
def up(folder: Path) -> Iterator[Server]:
    """All of `netmend up`: SQLite, Valkey, dispatcher, workers, web server."""
    log = folder.with_suffix(".log")
    command = [_NETMEND, "up", "--state", str(folder), "--port", "0"]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as up:
        try:
            url = _said(log, r"runs at (http://\S+)", up)
            token = _said(log, r"Token: (\S+)", up)
            yield Server(url=url, token=token, process=psutil.Process(up.pid))
        finally:
            up.terminate()


@contextlib.contextmanager
def running(command: list[str], port: int, variables: dict[str, str]) -> Iterator[psutil.Process]:
    """A program that listens on a port; it is ended with all that it started."""
    quiet = subprocess.DEVNULL
    environment = {**os.environ, **variables}
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as server:
        process = psutil.Process(server.pid)
        try:
            wait_for_port(port)
            yield process
        finally:
            kill(process)


def kill(process: psutil.Process) -> None:
    """Kill −9 a program and all that it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in [*process.children(recursive=True), process]:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


def wait_for_port(port: int) -> None:
    """Until somebody answers HTTP there."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as ask:
            ask.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            if ask.recv(12).endswith(b" 200"):
                return
        time.sleep(0.05)
    sys.exit(f"nobody answers at port {port}")


def _said(log: Path, pattern: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(pattern, log.read_text())
        if found:
            return found[1]
        time.sleep(0.1)
    sys.exit(f"netmend up did not start: {log.read_text()}")


def _nobody(folder: Path) -> str:
    return f"redis+socket://{folder}/nobody.sock"
