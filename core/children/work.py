"""The child that does the work."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..results import Event
from . import process
from .process import Child, Watch


def run(
    request: Mapping[str, Any],
    *,
    on_event: Callable[[Event], None],
    folder: Path,
    time_limit_s: float | None = None,
) -> Any:
    """Do one piece of work in a child of its own, which loads TensorFlow.

    Args:
        request: What `core.__main__` takes.
        on_event: Told of progress while it runs; what it raises ends the child.
        folder: Is there; where the child runs.
        time_limit_s: Wall-clock limit; ``None`` is none.

    Returns:
        The result, as JSON data.

    Raises:
        ProjectError: What the child reported.
        ChildFailed: It ended without an answer.
        TimeLimitExceeded: It took too long.
    """
    return process.converse(
        process.python_module("core"),
        request,
        folder,
        on_event=on_event,
        time_limit_s=time_limit_s,
    )


def spare(folder: Path) -> Child:
    """A child that loads TensorFlow now, and then waits for its work; to be given to `run_in`.

    Dies with the thread that calls this, so call it in the main one.

    Args:
        folder: Is there; where the child waits.
    """
    return Child([*process.python_module("core"), "--warm"], folder)


def run_in(
    child: Child,
    request: Mapping[str, Any],
    *,
    on_event: Callable[[Event], None],
    folder: Path,
    watch: Watch = process.nobody,
    time_limit_s: float | None = None,
) -> Any:
    """As `run`, in a child that was started before; it has ended afterwards.

    Meanwhile ``watch`` is asked again and again; it may end the child, and raise.
    """
    placed = {**request, "folder": str(folder)}
    return process.finish(child, placed, on_event=on_event, time_limit_s=time_limit_s, watch=watch)
