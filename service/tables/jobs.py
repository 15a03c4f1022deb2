"""Jobs; the row is the only truth about how far one got."""

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, now
from .columns import Id

#: States in which a worker owns the job; such a row has a lease.
LIVE = ("starting", "running", "canceling")
#: States that a job never leaves.
FINAL = ("succeeded", "failed", "canceled")


#: Stand behind what a list is sorted by, so that a filter that lets few rows through reads the
#: index and not the rows, which are long. The state is not among them: it changes too often.
_FILTERED = ("id", "deleted_at", "owner_id", "kind", "state", "verdict", "method", "batch_id")


class Job(Base):
    """A piece of work, and the only truth about how far it got."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'starting', 'running', 'canceling',"
            " 'succeeded', 'failed', 'canceled')",
            name="state",
        ),
        CheckConstraint(
            "state NOT IN ('starting', 'running', 'canceling') OR lease_until IS NOT NULL",
            name="live_has_lease",
        ),
        Index("ix_jobs_owner_id_id", "owner_id", "id"),
        Index("ix_jobs_state_id", "state", "id"),
        Index("ix_jobs_verdict_id", "verdict", "id"),
        Index("ix_jobs_batch_id_id", "batch_id", "id"),
        Index("ix_jobs_kind_id", "kind", "id"),
        Index("ix_jobs_method_id", "method", "id"),
        Index("ix_jobs_by_finished_at", "finished_at", *_FILTERED),
        Index("ix_jobs_by_clean_accuracy_after", "clean_accuracy_after", *_FILTERED),
        Index("ix_jobs_by_attack_success_rate_after", "attack_success_rate_after", *_FILTERED),
        Index(
            "ix_jobs_trash",
            "id",
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        ),
        Index(
            "ix_jobs_waiting",
            "queue",
            "priority",
            "id",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        ),
        Index(
            "ix_jobs_leased",
            "lease_until",
            sqlite_where=sa.text("state IN ('starting', 'running', 'canceling')"),
            postgresql_where=sa.text("state IN ('starting', 'running', 'canceling')"),
        ),
        # Heartbeats rewrite rows often: room in the page keeps the new version beside the old one.
        # Requests and reports lie elsewhere, so that whoever reads all rows reads a third of it.
        {"postgresql_with": {"fillfactor": 70, "toast_tuple_target": 1024}},
    )

    id: Mapped[Id]
    #: ``intake``, ``repair``, ``predict`` or ``diagnose``.
    kind: Mapped[str]
    queue: Mapped[str]
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    notes: Mapped[str] = mapped_column(default="")
    #: What was asked for, with the defaults filled in.
    request: Mapped[dict[str, Any]]
    #: Name of the method, for lists.
    method: Mapped[str | None]
    #: Higher goes first.
    priority: Mapped[int] = mapped_column(default=0)
    retry_of: Mapped[str | None]
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"))
    #: Since when it lies in the trash; lists leave it out then.
    deleted_at: Mapped[datetime.datetime | None]

    state: Mapped[str] = mapped_column(default="queued")
    stage: Mapped[str | None]
    #: Fencing token: grows with each claim; who holds an old one can change nothing.
    attempt: Mapped[int] = mapped_column(default=0)
    #: How many workers were lost over it.
    losses: Mapped[int] = mapped_column(default=0)
    worker_id: Mapped[str | None]
    #: Seconds since 1970, by the database's clock.
    lease_until: Mapped[float | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    progress_current: Mapped[int | None]
    progress_total: Mapped[int | None]
    progress_at: Mapped[datetime.datetime | None]
    #: When the workers were last told of it, in seconds since 1970.
    sent_at: Mapped[float | None]
    sends: Mapped[int] = mapped_column(default=0)
    #: Number of its events; the next one gets the next number.
    n_events: Mapped[int] = mapped_column(default=0)
    #: Grows with each edit by a person; what ``If-Match`` compares.
    version: Mapped[int] = mapped_column(default=1)

    created_at: Mapped[datetime.datetime] = mapped_column(default=now())
    started_at: Mapped[datetime.datetime | None]
    finished_at: Mapped[datetime.datetime | None]

    #: ``{code, message, details}``.
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: Subfolder of the results (``""`` for a single budget) to the report of that budget.
    reports: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: What a ``predict`` or ``diagnose`` job answers.
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: The columns below are those of the best of the reports, for lists; fractions.
    verdict: Mapped[str | None]
    clean_accuracy_before: Mapped[float | None]
    clean_accuracy_after: Mapped[float | None]
    #: Of the worst attack.
    attack_success_rate_before: Mapped[float | None]
    attack_success_rate_after: Mapped[float | None]
    #: Name of the artifact that is the repaired model.
    repaired_model_path: Mapped[str | None]


def is_live() -> sa.ColumnElement[bool]:
    """The condition that a worker owns a job.

    Its states stand in the SQL itself: SQLite uses the index of the leased ones for a condition
    that it can read, and it cannot read parameters.
    """
    return Job.state.in_([sa.literal(state, literal_execute=True) for state in LIVE])
