"""Batches of a server: submitted, planned, watched, ended and tried again as one thing."""

import time
from collections.abc import Callable, Iterator

from service.schemas import BatchCreate, BatchSummary, BatchView, Matrix, Plan

from . import errors, subjects
from .transport import Transport

#: Told of a batch each time that it was looked at.
OnBatch = Callable[[BatchView], None]

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 2.0


class Batches:
    """The batches of a server."""

    def __init__(self, server: Transport) -> None:
        self._server = server

    def submit(self, batch: BatchCreate) -> BatchView:
        """A new batch with all of its jobs; sent twice by the network, it is still one."""
        return self._server.post("/batches", BatchView, batch)

    def plan(self, batch: BatchCreate) -> Plan:
        """The jobs that `submit` would make; nothing is made."""
        return self._server.post("/batches?dry_run=true", Plan, batch)

    def get(self, batch_id: str) -> BatchView:
        """A batch as it is now."""
        return self._server.get(f"/batches/{batch_id}", BatchView)

    def list(self) -> Iterator[BatchSummary]:
        """All batches, newest first."""
        return subjects.pages(self._server, "/batches", BatchSummary)

    def results(self, batch_id: str) -> Matrix:
        """What came of each combination so far."""
        return self._server.get(f"/batches/{batch_id}/results", Matrix)

    def results_csv(self, batch_id: str) -> str:
        """The same as CSV."""
        return self._server.text(f"/batches/{batch_id}/results.csv")

    def cancel(self, batch_id: str) -> BatchView:
        """Ask for the end of all of its jobs."""
        return self._server.post(f"/batches/{batch_id}/cancel", BatchView)

    def retry_failed(self, batch_id: str) -> BatchView:
        """Do the jobs that failed again, in the same batch."""
        return self._server.post(f"/batches/{batch_id}/retry-failed", BatchView)

    def wait(
        self,
        batch_id: str,
        *,
        timeout_s: float | None = None,
        on_batch: OnBatch = lambda _batch: None,
    ) -> BatchView:
        """A batch when all of its jobs have ended.

        Args:
            batch_id: The batch.
            timeout_s: So long at most.
            on_batch: Told each time how far it has got.

        Raises:
            WaitTimedOut: They have not ended by then; they go on.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        pause_s = _FIRST_PAUSE_S
        while True:
            found = self.get(batch_id)
            on_batch(found)
            if found.n_open == 0:
                return found
            if deadline is not None and time.monotonic() > deadline:
                raise errors.WaitTimedOut(
                    f"{found.n_open} jobs of batch {batch_id} have not ended after "
                    f"{timeout_s:g} s; they go on",
                    place=batch_id, hint=f"'netmend batches {batch_id} --watch' waits on",
                )  # fmt: skip
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
