"""What the children of one attempt wrote to standard error, kept as a file of the job."""

import io

import structlog

from core.children import Child, Log
from core.errors import ProjectError
from service.artifacts import KeptFile
from service.settings import Settings
from service.storage import Keeper

NAME = "log.txt"

log = structlog.get_logger()


class JobLog:
    """The logs of all children of an attempt, one behind the other."""

    def __init__(self, job_id: str, attempt: int, settings: Settings) -> None:
        self._folder = str(settings.job_folder / f"{job_id}.{attempt}")
        self._state_folder = str(settings.state_folder)
        self._attempt = attempt
        self._logs: list[Log] = []

    def listen(self, child: Child) -> None:
        """Take what a child writes into account, from its first word to its last."""
        if not any(known is child.log for known in self._logs):
            self._logs.append(child.log)

    def text(self) -> str:
        """All that was written; folders of this machine are left out, and so is an empty log."""
        parts = [part for part in (item.text().strip() for item in self._logs) if part]
        plain = "\n".join(parts).replace(self._folder, ".").replace(self._state_folder, "…")
        return f"{plain}\n" if plain else ""

    def kept(self, storage: Keeper, *, is_last: bool = True) -> tuple[KeptFile, ...]:
        """The log in storage; none if nothing was written, or if it cannot be kept.

        Args:
            storage: Where to.
            is_last: Whether the job ends with this attempt; if not, the next one has a log too.
        """
        text = self.text()
        name = NAME if is_last else f"log-attempt-{self._attempt}.txt"
        if not text:
            return ()
        try:
            stored = storage.put(io.BytesIO(text.encode()))
        except ProjectError as error:  # the job ends as it would have, without its log
            log.warning("log of a job not kept", reason=str(error))
            return ()
        return (KeptFile(name=name, sha256=stored.sha256, n_bytes=stored.n_bytes),)
