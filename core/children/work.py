"""The child that does the work."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..results import Event
from . import process


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
