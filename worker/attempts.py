"""One attempt at a job: what it may use, and what it is asked again and again."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import errors
from core.children import Child
from core.results import Event
from service.jobs import Claim

from .endings import CancelWanted, ChildLost, Draining
from .folders import JobFolder
from .heartbeat import Heartbeat
from .limits import Limits
from .services import Services

#: Writes down what came of an attempt; ``False`` when the job is somebody else's by now.
Settle = Callable[[Session], bool]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt at a job."""

    claim: Claim
    folder: JobFolder
    services: Services
    heartbeat: Heartbeat
    limits: Limits

    def check(self) -> None:
        """Refuse to go on.

        Raises:
            Stopped: The lease is lost, the job canceled or this worker to end.
        """
        self.heartbeat.check()
        if self.services.is_draining():
            raise Draining

    def watch(self, child: Child) -> None:
        """As `check`, for a child that works; it has the time to leave where there is any.

        Raises:
            Stopped: As in `check`.
            OutOfMemory: The child has more memory than it may.
            NoProgress: It has been silent for too long.
        """
        try:
            self.check()
        except (CancelWanted, Draining):
            child.end(patience_s=self.services.settings.cancel_grace_s)
            raise
        self.limits.check(child)

    def on_event(self, event: Event) -> None:
        """Take note of an event of the child."""
        self.limits.note_progress()
        self.heartbeat.tell(event)


def raise_if_lost(error: errors.ChildFailed) -> None:
    """Tell a child that failed from one that was killed, which deserves another attempt.

    Raises:
        ChildLost: It was killed.
    """
    exit_code = error.details.get("exit_code")
    if isinstance(exit_code, int) and exit_code < 0:
        raise ChildLost(str(error)) from error
