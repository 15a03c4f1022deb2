"""One child process: started, listened to, and ended."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import errors
from ..results import Event
from .transcript import Transcript

#: Variables that a child may see; none of them is a secret, and without some there is no GPU.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "MPLCONFIGDIR")
_PASSED_ON_PREFIXES = ("TF_", "CUDA_", "NVIDIA_", "XLA_", "OMP_", "NETMEND_")
_SECRET_WORDS = ("SECRET", "TOKEN", "PASSWORD", "KEY", "URL", "DSN", "CREDENTIAL")

_READ_BYTES = 2**16
#: So long may a child take to end after its last word.
_FAREWELL_S = 10.0


def python_module(name: str) -> list[str]:
    """The command that runs a module of ours."""
    # -I and -P: nothing in the environment or the folder decides what is imported.
    return [sys.executable, "-I", "-P", "-m", name]


def converse(
    command: Sequence[str],
    request: Mapping[str, Any],
    folder: Path,
    *,
    on_event: Callable[[Event], None],
    time_limit_s: float | None,
) -> Any:
    """Run a program in a child, pass its events on, and answer with its result.

    Args:
        command: Takes one JSON request on stdin, and answers in JSON lines on stdout.
        request: The request.
        folder: Is there; where the child runs.
        on_event: Told of each event; what it raises ends the child.
        time_limit_s: Wall-clock limit; ``None`` is none.

    Raises:
        ProjectError: What the child reported.
        ChildFailed: It ended without an answer.
        TimeLimitExceeded: It took too long.
    """
    deadline = None if time_limit_s is None else time.monotonic() + time_limit_s
    transcript = Transcript(on_event)
    try:
        with _started(command, request, folder) as child:
            _listen(child, transcript, deadline)
            exit_code = child.wait(_time_left(deadline, at_most=_FAREWELL_S))
    except (TimeoutError, subprocess.TimeoutExpired) as error:
        limit = "" if time_limit_s is None else f" of {time_limit_s:g} s"
        raise errors.TimeLimitExceeded(
            f"the work was stopped: it took longer than its time limit{limit}",
            expected=time_limit_s,
        ) from error
    return transcript.result(exit_code)


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What a child sees of an environment: what it needs, and no secrets."""
    passed_on = {
        key: value
        for key, value in ours.items()
        if key in _PASSED_ON or (key.startswith(_PASSED_ON_PREFIXES) and not _is_secret(key))
    }
    return {"TF_CPP_MIN_LOG_LEVEL": "3", **passed_on}


def _is_secret(key: str) -> bool:
    return any(word in key for word in _SECRET_WORDS)


@contextlib.contextmanager
def _started(
    command: Sequence[str], request: Mapping[str, Any], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A running child with its request on stdin; killed on the way out, with all it started."""
    with tempfile.TemporaryFile() as stdin:  # a file, so that neither side waits for the other
        stdin.write(json.dumps(request).encode())
        stdin.seek(0)
        child = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment(os.environ),
            start_new_session=True,
        )
    with child:
        try:
            yield child
        finally:
            # The group outlives the child where that has started others; usually it is gone.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)


def _listen(child: subprocess.Popen[bytes], transcript: Transcript, deadline: float | None) -> None:
    """Take in what a child writes, as it comes, until both of its pipes are closed."""
    assert child.stdout is not None
    assert child.stderr is not None
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ, transcript.add_stdout)
        selector.register(child.stderr, selectors.EVENT_READ, transcript.add_stderr)
        while selector.get_map():
            for key, _ in selector.select(_time_left(deadline)):
                chunk = os.read(key.fd, _READ_BYTES)
                key.data(chunk)
                if not chunk:
                    selector.unregister(key.fileobj)


def _time_left(deadline: float | None, *, at_most: float | None = None) -> float | None:
    if deadline is None:
        return at_most
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left if at_most is None else min(left, at_most)
