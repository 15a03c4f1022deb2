"""What happened to one job, and whether that is a history that a job may have."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service import artifacts, jobs
from service.tables import FINAL, Artifact, Job, JobEvent

from .findings import Finding


@dataclass(frozen=True, kw_only=True)
class History:
    """A job, and all that was written down about it."""

    job: Job
    events: Sequence[JobEvent]
    files: Sequence[Artifact]

    @property
    def name(self) -> str:
        """What findings call it."""
        return f"{self.job.name or self.job.kind} {self.job.id}"

    @property
    def results(self) -> list[Artifact]:
        """The files that it made, but for its logs."""
        return [file for file in self.files if not file.name.startswith("log")]

    @property
    def states(self) -> list[str]:
        """The states that it went through."""
        return [event.data["state"] for event in self.events if event.type == "state"]

    def count(self, reason: str) -> int:
        """How many of its attempts ended for a reason."""
        return Counter(event.data.get("reason") for event in self.events)[reason]


def read(session: Session, job_id: str) -> History:
    """The history of a job."""
    query = sa.select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.seq)
    return History(
        job=jobs.get(session, job_id),
        events=session.scalars(query).all(),
        files=artifacts.list_artifacts(session, job_id),
    )


def check(history: History) -> Iterator[Finding]:
    """What is wrong with it, whatever kind of job it was."""
    job, states = history.job, history.states
    ends = [state for state in states if state in FINAL]
    if job.state not in FINAL:
        yield Finding(kind="left", what=f"{history.name} is {job.state}")
    if len(ends) > 1:
        yield Finding(kind="doubled", what=f"{history.name} ended {len(ends)} times: {ends}")
    if job.state in FINAL and (ends[-1:] != [job.state] or states[-1] != job.state):
        yield Finding(kind="wrong", what=f"{history.name} is {job.state} after {states}")
    numbers = [event.seq for event in history.events]
    if numbers != list(range(1, job.n_events + 1)):
        yield Finding(kind="wrong", what=f"{history.name}: its events have the numbers {numbers}")
    attempts = [e.data["attempt"] for e in history.events if e.data.get("state") == "starting"]
    if attempts != list(range(1, job.attempt + 1)):
        yield Finding(kind="doubled", what=f"{history.name}: its attempts are {attempts}")
    if job.lease_until is not None:
        yield Finding(kind="left", what=f"{history.name} has a lease")
    if job.state != "succeeded" and history.results:
        yield Finding(kind="wrong", what=f"{history.name} is {job.state} and has results")
