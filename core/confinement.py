"""How the child that does the work is locked up: as it starts, and again for what it is asked.

A child that waits for its work has loaded TensorFlow by then. So it is locked up before that, while
it has one thread, and left with the folder of all jobs; of that it keeps what the one request
names, before anything of it is read. Both locks hold for every thread that starts after them.
"""

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from . import errors, sandbox
from .requests import Request
from .sandbox import Limits, SandboxState, landlock, places

#: No time and no memory: the time is the parent's to watch, and a GPU takes any address there is.
_LIMITS = Limits(file_bytes=64 * 2**30, open_files=4096)
_THREADS = re.compile(r"^Threads:\s*(\d+)$", re.MULTILINE)


def begin(folder: Path) -> SandboxState:
    """Lock this process into a folder; call it before TensorFlow is loaded.

    Args:
        folder: Where it waits; what it will be asked about lies below.

    Raises:
        SandboxMissing: The kernel lacks something, and all of it is required.
    """
    _set_up(folder)
    sandbox.limit(_LIMITS)
    return sandbox.lock(places.libraries(os.environ), [folder], places.devices(os.environ))


@contextlib.contextmanager
def within(request: Request, folder: Path, *, begun: SandboxState | None) -> Iterator[SandboxState]:
    """Leave this process what a request needs, and a place for files that nobody keeps.

    Args:
        request: Names the folders that may be read, and those that may be written.
        folder: Is there; the place is in it, and gone afterwards.
        begun: What `begin` answered; ``None`` if that was not called.

    Raises:
        OutputNotWritable: The disk is full, or does not let us.
        SandboxMissing: The kernel lacks something, and all of it is required.
    """
    scratch = _scratch(folder)
    try:
        _set_up(scratch)
        readable = [*places.libraries(os.environ), *_there(request.reads)]
        writable = [scratch, *_there(request.writes)]
        state = _lock(readable, writable, begun)
        sys.stderr.write(f"sandbox: {state}{_exception()}\n")
        sys.stderr.flush()
        yield state
    finally:
        # The folder itself is not ours: then an empty one stays behind, until it goes with that.
        shutil.rmtree(scratch, ignore_errors=True)


def _scratch(folder: Path) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=".scratch-", dir=folder))
    except OSError as error:
        raise errors.OutputNotWritable(
            f"nothing can be written in the folder of the job: {error.strerror}", place=str(folder)
        ) from error


def _lock(readable: list[Path], writable: list[Path], begun: SandboxState | None) -> SandboxState:
    devices = places.devices(os.environ)
    if begun is None:
        sandbox.limit(_LIMITS)
        return sandbox.lock(readable, writable, devices)
    sandbox.narrow(readable, writable, devices)
    return begun


def _set_up(place: Path) -> None:
    """Have every library put its files there, and look nowhere else."""
    os.environ["TMPDIR"] = str(place)
    tempfile.tempdir = None  # it has been looked up before, perhaps
    os.environ["MPLCONFIGDIR"] = str(place)


def _exception() -> str:
    """What is said of threads that the lock came too late for.

    Raises:
        SandboxMissing: There are such, and they are not to be.
    """
    if landlock.reaches_all_threads() or not landlock.version():
        return ""
    n_older = _n_threads() - 1
    if not n_older:
        return ""
    told = f"{n_older} threads are older, and reach the folders of other jobs"
    if sandbox.is_required():
        raise errors.SandboxMissing(told, expected=0, received=n_older)
    return f"; {told}"


def _n_threads() -> int:
    found = _THREADS.search(Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found.group(1)) if found else 1


def _there(paths: tuple[str, ...]) -> list[Path]:
    """What is not there cannot be allowed, and whoever looks for it says so better."""
    return [path for path in map(Path, paths) if path.exists()]
