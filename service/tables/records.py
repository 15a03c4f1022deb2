"""What a job needs, what happened to it, what it measured and what it made."""

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, now
from .columns import Id


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

    id: Mapped[Id]
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
