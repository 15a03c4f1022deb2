"""Files that came in, and what they turned out to be: models and data sets."""

import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, now
from .columns import Id


class Upload(Base):
    """A file on its way in, or arrived."""

    __tablename__ = "uploads"
    __table_args__ = (CheckConstraint("state IN ('receiving', 'complete')", name="state"),)

    id: Mapped[Id]
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

    id: Mapped[Id]
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
    tags: Mapped[list[str]] = mapped_column(default=list)
    notes: Mapped[str] = mapped_column(default="")
    #: Grows with each edit by a person; what ``If-Match`` compares.
    version: Mapped[int] = mapped_column(default=1)
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
