"""The whole service as people start it, with nothing in it yet."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NETMEND = Path(sys.executable).with_name("netmend")
_WORDS = {"url": "netmend runs at ", "welcome": "Open it, once, with ", "token": "Token: "}
_LAST = "Ctrl-C"
_PATIENCE_S = 60


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A running `netmend up`: web server, workers, broker, dispatcher and database."""

    url: str
    #: Opens it once.
    welcome: str
    token: str


@contextlib.contextmanager
def started(folder: Path) -> Iterator[Stack]:
    """`netmend up` with a state folder of its own; stopped in the end.

    Args:
        folder: Its state folder. What it and its processes say stands beside it.
    """
    log = folder.with_suffix(".log")
    command = [_NETMEND, "up", "--state", folder, "--port", "0"]
    with (
        log.open("w") as said,
        subprocess.Popen(
            command, env=_environment(folder), stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        try:
            yield _announced(process, log)
        finally:
            process.terminate()
            _end(process)


def _announced(process: subprocess.Popen[str], log: Path) -> Stack:
    told = {}
    for line in process.stdout or ():
        told |= {name: line[len(w) :].strip() for name, w in _WORDS.items() if line.startswith(w)}
        if line.startswith(_LAST):
            return Stack(**told)
    raise RuntimeError(f"netmend up did not start: {log.read_text()}")


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of this machine's netmend, and no login of whoever runs this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NETMEND_")}
    return {**kept, "XDG_CONFIG_HOME": str(folder.with_suffix(".config"))}
