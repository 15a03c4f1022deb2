"""Says every few seconds that a worker is there, so that people can see it."""

import contextlib
import threading
from collections.abc import Callable, Iterator

import structlog

from core.errors import ProjectError

log = structlog.get_logger()

EVERY_S = 10.0


class Presence:
    """Speaks in a thread of its own; no job depends on whether it is heard."""

    def __init__(self, say: Callable[[str | None], None], *, every_s: float = EVERY_S) -> None:
        """A presence that says nothing yet.

        Args:
            say: Writes down that the worker is there, and which job it has; may do more that is
                to be done every now and then.
            every_s: How often to say it.
        """
        self._say = say
        self._every_s = every_s
        self._job_id: str | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def start(self) -> None:
        """Say it from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Say nothing any more."""
        self._over.set()
        self._thread.join(1.0)

    @contextlib.contextmanager
    def busy(self, job_id: str) -> Iterator[None]:
        """Name a job as the one that the worker has."""
        self._job_id = job_id
        try:
            yield
        finally:
            self._job_id = None

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._say(self._job_id)
            except ProjectError as error:
                log.warning("presence not told", reason=str(error))
            self._over.wait(self._every_s)
