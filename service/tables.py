"""One class a table. Rows are tables here: a *model* is always a Keras model."""

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from . import ids
from .db import Base, now

#: States in which a worker owns the job; such a row has a lease.
LIVE = ("starting", "running", "canceling")
#: States that a job never leaves.
FINAL = ("succeeded", "failed", "canceled")

_ID: dict[str, Any] = {"primary_key": True, "default": ids.new_id}


class User(Base):
    """Somebody who may use the service."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(**_ID)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())


class Token(Base):
    """A bearer token; its secret is kept as a hash."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(**_ID)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    secret_sha256: Mapped[str]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())
    revoked_at: Mapped[datetime.datetime | None]


class Upload(Base):
    """A file on its way in, or arrived."""

    __tablename__ = "uploads"
    __table_args__ = (CheckConstraint("state IN ('receiving', 'complete')", name="state"),)

    id: Mapped[str] = mapped_column(**_ID)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    #: A label; never a path.
    file_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="receiving")
    #: Size that was announced, then the size that came.
    n_bytes: Mapped[int | None] = mapped_column(BigInteger)
    #: Name in storage, once complete.
    sha256: Mapped[str | None]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())


class _Subject(Base):
    """What models and data sets share: a file, what was understood of it, or why it was refused."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(**_ID)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    n_bytes: Mapped[int] = mapped_column(BigInteger)
    #: ``checking``, ``ready`` or ``rejected``.
    state: Mapped[str] = mapped_column(default="checking")
    #: How to read the file, as declared by the sender.
    options: Mapped[dict[str, Any]]
    #: What the intake found.
    facts: Mapped[dict[str, Any] | None]
    #: Name in storage of the packed canonical folder.
    canonical_sha256: Mapped[str | None]
    #: ``{code, message, details}``.
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: The job that checks it.
    intake_job_id: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())


class Model(_Subject):
    """A model file."""

    __tablename__ = "models"
    __table_args__ = (
        CheckConstraint("state IN ('checking', 'ready', 'rejected')", name="state"),
        Index(None, "owner_id", "id"),
    )


class Dataset(_Subject):
    """A set of labelled images, clean or poisoned."""

    __tablename__ = "datasets"
    __table_args__ = (
        CheckConstraint("state IN ('checking', 'ready', 'rejected')", name="state"),
        Index(None, "owner_id", "id"),
    )


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
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: Mapped[str] = mapped_column(**_ID)
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
    #: The columns below are those of the best of the reports, for lists; fractions.
    verdict: Mapped[str | None]
    clean_accuracy_before: Mapped[float | None]
    clean_accuracy_after: Mapped[float | None]
    #: Of the worst attack.
    attack_success_rate_before: Mapped[float | None]
    attack_success_rate_after: Mapped[float | None]
    #: Name of the artifact that is the repaired model.
    repaired_model_path: Mapped[str | None]


class JobInput(Base):
    """A model or data set that a job needs."""

    __tablename__ = "job_inputs"
    __table_args__ = (
        CheckConstraint("(model_id IS NULL) <> (dataset_id IS NULL)", name="one_input"),
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    #: ``subject`` of an intake; ``model``, ``clean_validation``, … as in `schemas.JobCreate`.
    role: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    model_id: Mapped[str | None] = mapped_column(
        ForeignKey("models.id", ondelete="CASCADE"), index=True
    )
    dataset_id: Mapped[str | None] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), index=True
    )


class JobEvent(Base):
    """Something that happened to a job."""

    __tablename__ = "job_events"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    #: Counts from 1 without gaps.
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime.datetime] = mapped_column(default=now())
    #: ``state`` (data: the new state, and why) or ``progress`` (data: an `Event` of core).
    type: Mapped[str]
    data: Mapped[dict[str, Any]]


class JobMetric(Base):
    """One measured share of one report."""

    __tablename__ = "job_metrics"
    __table_args__ = (sa.UniqueConstraint("job_id", "budget", "phase", "name", "set_name"),)

    id: Mapped[str] = mapped_column(**_ID)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    #: Accuracy budget of the report, as a fraction.
    budget: Mapped[float]
    #: ``before``, ``after`` or ``goodnet``.
    phase: Mapped[str]
    #: ``clean_accuracy``, ``attack_success_rate``, ``robust_accuracy``, ``floor``, …
    name: Mapped[str]
    #: Name of the poisoned set; empty for the clean one.
    set_name: Mapped[str] = mapped_column(default="")
    value: Mapped[float]
    n: Mapped[int]
    ci_low: Mapped[float]
    ci_high: Mapped[float]


class Artifact(Base):
    """A file that a job made."""

    __tablename__ = "artifacts"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    #: Path in the folder of results, with forward slashes.
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    n_bytes: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())


class Worker(Base):
    """A slot that takes jobs."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    process: Mapped[int]
    queues: Mapped[list[str]]
    #: ``cpu``, or the name of a GPU.
    device: Mapped[str]
    job_id: Mapped[str | None]
    is_draining: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime.datetime] = mapped_column(default=now())
    seen_at: Mapped[datetime.datetime] = mapped_column(default=now())


class IdempotencyKey(Base):
    """The answer that a request got, for when the same request comes again."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    #: SHA-256 of method, path and body.
    fingerprint: Mapped[str]
    #: HTTP status, headers and body that were answered; ``None`` before.
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())
