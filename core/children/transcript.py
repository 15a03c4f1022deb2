"""What a child says: events as they come, then a result or an error."""

import contextlib
import json
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import errors
from ..results import Event
from .log import Log

_MAX_LINE_BYTES = 16 * 2**20
_STDERR_TAIL_BYTES = 2**14


@dataclass
class Transcript:
    """What a child has said so far."""

    #: Told of each event.
    on_event: Callable[[Event], None]
    #: What comes through standard error.
    log: Log = field(default_factory=Log)
    _answer: Mapping[str, Any] = field(default_factory=dict)
    _unfinished: bytes = b""

    def add_stdout(self, chunk: bytes) -> None:
        """Take in what came through standard output: JSON, an object a line.

        Raises:
            ChildFailed: A line has no end.
        """
        *lines, self._unfinished = (self._unfinished + chunk).split(b"\n")
        for line in lines:
            self._add_line(line)
        if len(self._unfinished) > _MAX_LINE_BYTES:
            raise errors.ChildFailed("the process that did the work wrote a line without end")

    def add_stderr(self, chunk: bytes) -> None:
        """Take in what came through standard error."""
        self.log.add(chunk)

    def result(self, exit_code: int) -> Any:
        """The result that was told, as JSON data.

        Args:
            exit_code: As `subprocess` tells it: negative for a signal.

        Raises:
            ProjectError: An error was told instead.
            ChildFailed: Nothing was told, or the process ended badly after all.
            TimeLimitExceeded: It was out of processor time.
        """
        stderr = self.log.end(_STDERR_TAIL_BYTES).strip()
        if "error" in self._answer:
            error = errors.from_json(self._answer["error"])
            if stderr:
                error.add_note(f"the child wrote to standard error:\n{stderr}")
            raise error
        if "result" not in self._answer or exit_code != 0:
            raise _failure(exit_code, stderr)
        return self._answer["result"]

    def _add_line(self, line: bytes) -> None:
        message = _parsed(line)
        if message is None:
            self.add_stderr(line + b"\n")  # a library that prints where it should not
        elif isinstance(message, Event):
            self.on_event(message)
        else:
            self._answer = message


def _parsed(line: bytes) -> Event | Mapping[str, Any] | None:
    """An event, or an answer, or ``None`` for what is neither."""
    try:
        message = json.loads(line)
        if isinstance(message, dict) and "event" in message:
            return Event.from_json(message["event"])
    except (ValueError, TypeError):
        return None
    return message if isinstance(message, dict) and message.keys() <= {"result", "error"} else None


def _failure(exit_code: int, stderr: str) -> errors.ProjectError:
    if exit_code == -signal.SIGXCPU:
        return errors.TimeLimitExceeded("the work was stopped at its limit of processor time")
    last_line = stderr.splitlines()[-1] if stderr else "nothing on standard error"
    return errors.ChildFailed(
        f"the process that did the work ended without a result: {_ending(exit_code)}; {last_line}",
        exit_code=exit_code, stderr=stderr,
    )  # fmt: skip


def _ending(exit_code: int) -> str:
    if exit_code >= 0:
        return f"exit code {exit_code}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-exit_code).name}"
    return f"killed by signal {-exit_code}"
