"""The demo's model and images, for examples and first steps with the Python API."""

from pathlib import Path

from core import demo
from core.demo import DemoFiles
from core.requests import DemoRequest
from core.results import Event

__all__ = ["DemoFiles", "make_demo"]


def make_demo(folder: str | Path, *, seed: int = DemoRequest.seed) -> DemoFiles:
    """Train a small model of real digits with a backdoor, and write it with its image sets.

    Args:
        folder: Made if need be; takes a few hundred kilobytes.
        seed: Same seed, same files.

    Returns:
        The paths ``model``, ``clean_validation``, ``clean_test`` and ``poisoned_test``.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    return demo.make(DemoRequest(output=str(folder), seed=seed), _ignore)


def _ignore(_: Event) -> None:
    pass
