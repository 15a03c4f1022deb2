"""As `worker.app`, with chains of hashes in the place of what loads TensorFlow."""

import functools
import json
import sys
from pathlib import Path

from core.children import Child
from tests import workshop
from worker import services
from worker.runner import Runner

_CHILD = Path(__file__).with_name("child.py")


def _start(folder: Path) -> Child:
    report = json.dumps(workshop.REPORT.to_json())
    return Child([sys.executable, "-I", "-P", str(_CHILD), report], folder)


services.Runner = functools.partial(Runner, start=_start)

from worker.app import app  # noqa: E402

__all__ = ["app"]
