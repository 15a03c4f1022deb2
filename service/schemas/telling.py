"""What is told of jobs, their events and files, and of workers."""

import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal, Self

from core.results import Verdict

from .fields import JobState, Told

if TYPE_CHECKING:
    from .. import tables


class Progress(Told):
    """How far a job has got."""

    stage: str | None
    current: int | None
    total: int | None
    #: Until it ends; ``None`` where that is not known, and always in lists.
    eta_seconds: float | None = None


class JobSummary(Told):
    """A job in a list."""

    id: str
    kind: str
    queue: str
    owner_id: str
    name: str
    tags: list[str]
    method: str | None
    priority: int
    state: JobState
    progress: Progress
    attempt: int
    losses: int
    worker_id: str | None
    retry_of: str | None
    batch_id: str | None
    deleted_at: datetime.datetime | None
    version: int
    created_at: datetime.datetime
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    error: dict[str, Any] | None
    verdict: Verdict | None
    clean_accuracy_before: float | None
    clean_accuracy_after: float | None
    attack_success_rate_before: float | None
    attack_success_rate_after: float | None
    repaired_model_path: str | None

    @classmethod
    def of(cls, job: "tables.Job", *, eta_seconds: float | None = None, **more: Any) -> Self:
        """The row, and what else is known of the job."""
        progress = Progress(
            stage=job.stage,
            current=job.progress_current,
            total=job.progress_total,
            eta_seconds=eta_seconds,
        )
        columns = cls.model_fields.keys() - {"progress", "position", "starts_in_seconds", *more}
        told = {name: getattr(job, name) for name in columns}
        return cls.model_validate({**told, "progress": progress, **more})


class JobView(JobSummary):
    """A job with all that is known of it."""

    notes: str
    request: dict[str, Any]
    #: How many jobs go first, and one; ``None`` when it does not wait.
    position: int | None = None
    #: Until a worker takes it; ``None`` where that is not known.
    starts_in_seconds: float | None = None
    #: Subfolder of the results (``""`` for a single budget) to the report of that budget.
    reports: dict[str, Any] | None
    #: What a job of kind ``predict`` found, as a `PredictionView` without its ``job_id``; of kind
    #: ``diagnose``, as in diagnosis.json.
    result: dict[str, Any] | None = None


class EventView(Told):
    """Something that happened to a job."""

    seq: int
    at: datetime.datetime
    type: Literal["state", "progress"]
    data: dict[str, Any]

    @classmethod
    def of(cls, row: "tables.JobEvent") -> Self:
        """The row."""
        return cls.model_validate(row)


class ArtifactView(Told):
    """A file that a job made."""

    name: str
    n_bytes: int
    sha256: str
    created_at: datetime.datetime

    @classmethod
    def of(cls, row: "tables.Artifact") -> Self:
        """The row."""
        return cls.model_validate(row)


class Sandbox(Told):
    """What a process is locked up with."""

    #: Version of Landlock; 0 where the kernel has none.
    landlock_abi: int
    seccomp: bool


class WorkerView(Told):
    """A slot that takes jobs."""

    id: str
    host: str
    queues: list[str]
    device: str
    #: What its jobs are locked up with; ``None`` where it did not say.
    sandbox: Sandbox | None
    is_busy: bool
    #: What it does; ``None`` also where that is somebody else's job.
    job_id: str | None
    is_draining: bool
    started_at: datetime.datetime
    seen_at: datetime.datetime

    @classmethod
    def of(cls, row: "tables.Worker", jobs_in_sight: Collection[str] = ()) -> Self:
        """The row; the job it works on only if that is in sight."""
        plain = (
            "id", "host", "queues", "device", "sandbox", "is_draining", "started_at", "seen_at",
        )  # fmt: skip
        return cls(
            is_busy=row.job_id is not None,
            job_id=row.job_id if row.job_id in jobs_in_sight else None,
            **{name: getattr(row, name) for name in plain},
        )
