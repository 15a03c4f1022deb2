"""Waiting for something to become true."""

import time
from collections.abc import Callable

_TICK_S = 0.1


def wait_until(condition: Callable[[], bool], *, patience_s: float, what: str) -> None:
    """Back as soon as it is true.

    Raises:
        TimeoutError: It is not, after so long.
    """
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{patience_s:g} s are over, and not: {what}")
        time.sleep(_TICK_S)
