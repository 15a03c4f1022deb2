"""One child process: started, asked once, listened to, and ended."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from .. import errors, sandbox
from ..results import Event
from .log import Log
from .transcript import Transcript

#: Variables that a child may see; none of them is a secret, and without some there is no GPU.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", sandbox.VARIABLE)
_PASSED_ON_PREFIXES = ("TF_", "CUDA_", "NVIDIA_", "XLA_", "OMP_")
_DEFAULTS = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # The Keras that is used here is TensorFlow's own: the other one takes a second to load.
    "TF_USE_LEGACY_KERAS": "1",
    # A folder that cannot be: a file in somebody's home would decide what Keras computes.
    "KERAS_HOME": f"{os.devnull}/keras",
    # numpy would start threads as it is loaded, and a thread that is older than the lock of a job
    # is not held by it. TensorFlow has its own, which start later.
    "OPENBLAS_NUM_THREADS": "1",
    # HDF5 loads no filter plug-ins, which are code.
    "HDF5_PLUGIN_PRELOAD": "::",
}
_SECRET_WORDS = ("SECRET", "TOKEN", "PASSWORD", "KEY", "URL", "DSN", "CREDENTIAL")

_CHUNK_BYTES = 2**16
#: So often, or more often, is a caller asked whether a child may go on.
_TICK_S = 0.1
#: So long may a child take to end after its last word.
_FAREWELL_S = 10.0


class Child:
    """A program in a process group of its own, which answers one request.

    Usable as a context: on the way out it is killed, with all it started.
    """

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        """Start a program; it waits until it is asked.

        Args:
            command: Takes one JSON request on stdin, and answers in JSON lines on stdout.
            folder: Is there; where the program runs.

        Raises:
            ChildFailed: It cannot be started, with ``is_started`` false: the machine has too many
                processes or too little memory, or is being upgraded.
        """
        #: What the program writes to standard error, as far as it has been read.
        self.log = Log()
        try:
            self._process = subprocess.Popen(
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=environment(os.environ),
                start_new_session=True,
            )
        except OSError as error:
            raise errors.ChildFailed(
                f"the process that does the work could not be started: {error.strerror}",
                is_started=False,
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """The process, and the group that it leads."""
        return self._process.pid

    def is_running(self) -> bool:
        """Whether the program has not ended yet."""
        return self._process.poll() is None

    def ask(
        self,
        request: Mapping[str, Any],
        *,
        on_event: Callable[[Event], None],
        watch: "Watch",
        time_limit_s: float | None = None,
    ) -> Any:
        """Put the one request, pass the events on, and answer with the result.

        Args:
            request: The request.
            on_event: Told of each event.
            watch: Asked again and again while the child works; may end it, and raise.
            time_limit_s: Wall-clock limit; ``None`` is none.

        Raises:
            ProjectError: What the child reported.
            ChildFailed: It ended without an answer.
            TimeoutError: It took too long; it still runs.
        """
        deadline = None if time_limit_s is None else time.monotonic() + time_limit_s
        transcript = Transcript(on_event, self.log)
        with selectors.DefaultSelector() as selector:
            self._register(selector, json.dumps(request).encode(), transcript)
            while selector.get_map():
                watch(self)
                for key, _ in selector.select(_time_left(deadline)):
                    if not key.data():
                        selector.unregister(key.fileobj)
        return transcript.result(self._farewell(watch, deadline))

    def end(self, *, patience_s: float = 0.0) -> None:
        """End the child and all it started: with TERM where there is patience, with KILL after."""
        if patience_s:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)
        # The group outlives the child where that has started others; usually it is gone.
        self._signal(signal.SIGKILL)
        with self._process:
            pass  # closes the pipes and waits

    def _register(
        self, selector: selectors.BaseSelector, request: bytes, transcript: Transcript
    ) -> None:
        # Written bit by bit, so that neither side ever waits for the other.
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        os.set_blocking(stdin.fileno(), False)
        pump = _Pump(request, stdin.fileno(), close=stdin.close)
        selector.register(stdin.fileno(), selectors.EVENT_WRITE, pump.write)
        for pipe, taker in (stdout, transcript.add_stdout), (stderr, transcript.add_stderr):
            selector.register(pipe, selectors.EVENT_READ, _reader(pipe.fileno(), taker))

    def _farewell(self, watch: "Watch", deadline: float | None) -> int:
        """The exit code of a child that has closed its pipes."""
        last = time.monotonic() + _FAREWELL_S
        deadline = last if deadline is None else min(last, deadline)
        while True:
            watch(self)
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self._process.wait(_time_left(deadline))

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


#: Asked while a child works; what it raises goes through.
Watch = Callable[[Child], None]


def nobody(_: Child) -> None:
    """Watches over nothing."""


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
    watch: Watch = nobody,
) -> Any:
    """Run a program in a child, pass its events on, and answer with its result.

    Args:
        command: Takes one JSON request on stdin, and answers in JSON lines on stdout.
        request: The request.
        folder: Is there; where the child runs.
        on_event: Told of each event; what it raises ends the child.
        time_limit_s: Wall-clock limit; ``None`` is none.
        watch: As for `Child.ask`.

    Raises:
        ProjectError: What the child reported.
        ChildFailed: It ended without an answer.
        TimeLimitExceeded: It took too long.
    """
    child = Child(command, folder)
    return finish(child, request, on_event=on_event, time_limit_s=time_limit_s, watch=watch)


def finish(
    child: Child,
    request: Mapping[str, Any],
    *,
    on_event: Callable[[Event], None],
    time_limit_s: float | None,
    watch: Watch = nobody,
) -> Any:
    """As `converse`, with a child that was started before; it has ended afterwards."""
    try:
        with child:
            return child.ask(request, on_event=on_event, watch=watch, time_limit_s=time_limit_s)
    except TimeoutError as error:
        limit = "" if time_limit_s is None else f" of {time_limit_s:g} s"
        raise errors.TimeLimitExceeded(
            f"the work was stopped: it took longer than its time limit{limit}",
            expected=time_limit_s,
        ) from error


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What a child sees of an environment: what it needs, and no secrets."""
    passed_on = {
        key: value
        for key, value in ours.items()
        if key in _PASSED_ON or (key.startswith(_PASSED_ON_PREFIXES) and not _is_secret(key))
    }
    return {**_DEFAULTS, **passed_on}


def _is_secret(key: str) -> bool:
    return any(word in key for word in _SECRET_WORDS)


class _Pump:
    """What is still to be written to a pipe."""

    def __init__(self, content: bytes, descriptor: int, *, close: Callable[[], None]) -> None:
        self._rest = memoryview(content)
        self._descriptor = descriptor
        self._close = close

    def write(self) -> bool:
        """Write what fits; ``False`` when it is over, and the pipe closed."""
        with contextlib.suppress(BrokenPipeError):  # how it ended is told by its exit code
            self._rest = self._rest[os.write(self._descriptor, self._rest[:_CHUNK_BYTES]) :]
            if self._rest:
                return True
        self._close()
        return False


def _reader(descriptor: int, taker: Callable[[bytes], None]) -> Callable[[], bool]:
    """Reads what is there and hands it on; ``False`` when the other side is closed."""

    def read() -> bool:
        chunk = os.read(descriptor, _CHUNK_BYTES)
        taker(chunk)
        return bool(chunk)

    return read


def _time_left(deadline: float | None) -> float:
    """Seconds until the next tick, or until the deadline if that is sooner."""
    if deadline is None:
        return _TICK_S
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, _TICK_S)
