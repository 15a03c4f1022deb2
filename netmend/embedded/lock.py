"""One `netmend up` a state folder: two would share a SQLite database and its jobs."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from .errors import AlreadyRunning


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder is ours alone; the system lets go of it when this process ends, however it ends.

    Raises:
        AlreadyRunning: Another process holds it.
    """
    with (folder / "lock").open("a+") as file:
        _take(file.fileno(), folder)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _take(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = (folder / "lock").read_text().strip() or "unknown"
        raise AlreadyRunning(
            f"netmend runs in {folder} already (process {holder})",
            place=str(folder), hint="stop it first, or name another folder with --state",
        ) from error  # fmt: skip
