"""`netmend up` for as long as something takes: in a process of its own, stopped afterwards."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from core import sandbox
from service import settings

from .. import processes
from . import address
from .errors import ProcessKeepsEnding

_START_S, _STOP_S = 90.0, 40.0
_TICK_S = 0.1


class Passing:
    """A service that has been started, and may not answer yet."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
        self._process = process
        self._folder = folder
        self._log = log

    def wait_until_ready(self) -> address.Server:
        """Where it answers, as soon as it does.

        Raises:
            ProcessKeepsEnding: It ended, or takes too long.
        """
        deadline = time.monotonic() + _START_S
        while (server := address.published(self._folder)) is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ProcessKeepsEnding(
                    f"the service did not start: {self.said().strip() or 'it said nothing'}",
                    place=str(self._log),
                )
            time.sleep(_TICK_S)
        return server

    def wait(self) -> None:
        """Until it ends, as it does after Ctrl-C."""
        with contextlib.suppress(KeyboardInterrupt):
            self._process.wait()

    def said(self) -> str:
        """What it told whoever started it: its address, its token, and what went wrong."""
        return self._log.read_text()


@contextlib.contextmanager
def service(folder: Path, *, retry_command: str) -> Iterator[Passing]:
    """The whole service on a port that is free; it is stopped in the end, however that comes.

    Args:
        folder: Its state folder. The settings of the environment are not for this one.
        retry_command: What its reports say does the same again, when it is gone itself.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = folder / "said"
    ours = {key: value for key, value in os.environ.items() if not key.startswith(settings.PREFIX)}
    ours[f"{settings.PREFIX}RETRY_COMMAND"] = retry_command
    with log.open("wb") as said:
        process = subprocess.Popen(
            processes.up(folder, port=0),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=ours,
            # A session of its own: Ctrl-C is for us, who stop it then.
            start_new_session=True,
            preexec_fn=sandbox.die_with_parent,  # noqa: PLW1509, RUF100 - one thread so far
        )
    try:
        yield Passing(process, folder, log)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()  # all that it started dies with it
        process.wait()
