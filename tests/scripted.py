"""As `worker.app`, with scripts of the workshop in the place of children that load TensorFlow."""

import functools
import os

from tests import workshop
from worker import services
from worker.runner import Runner

_SCRIPT = getattr(workshop, os.environ["NETMEND_TEST_SCRIPT"])
services.Runner = functools.partial(Runner, start=workshop.start(_SCRIPT))

from worker.app import app  # noqa: E402

__all__ = ["app"]
