"""One attempt at a job: what it may use, and what it is asked again and again."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core import errors
from core.children import Child
from core.results import Event
from service import artifacts
from service.artifacts import KeptFile
from service.jobs import Claim

from .endings import CancelWanted, ChildLost, Draining
from .folders import JobFolder
from .heartbeat import Heartbeat
from .joblog import JobLog
from .limits import Limits
from .patience import PatientStorage
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
    log: JobLog

    @property
    def storage(self) -> PatientStorage:
        """Where files are, which the attempt waits for as long as it may be silent."""
        patience_s = self.services.settings.no_progress_limit_s
        return PatientStorage(self.services.storage, check=self.check, patience_s=patience_s)

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
        self.log.listen(child)
        try:
            self.check()
        except (CancelWanted, Draining):
            child.end(patience_s=self.services.settings.cancel_grace_s)
            raise
        self.limits.check(child)

    def kept_results(self) -> tuple[KeptFile, ...]:
        """The files that the attempt made, and its log, in storage.

        Raises:
            InsufficientStorage: There is no room for them.
        """
        return (*artifacts.store(self.storage, self.folder.results), *self.log.kept(self.storage))

    def on_event(self, event: Event) -> None:
        """Take note of an event of the child."""
        self.limits.note_progress()
        self.heartbeat.tell(event)


def raise_if_lost(error: errors.ChildFailed) -> None:
    """Tell a child that failed from one that was killed, which deserves another attempt.

    Raises:
        ChildLost: It was killed, or could not be started.
    """
    exit_code, is_started = error.details.get("exit_code"), error.details.get("is_started", True)
    if not is_started or (isinstance(exit_code, int) and exit_code < 0):
        raise ChildLost(str(error)) from error
