"""Jobs that were submitted together."""

import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, now
from .columns import Id


class Batch(Base):
    """Models times data times methods times budgets times seeds, as jobs."""

    __tablename__ = "batches"
    __table_args__ = (
        CheckConstraint("n_open >= 0", name="n_open"),
        Index(None, "owner_id", "id"),
    )

    id: Mapped[Id]
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    #: What was asked for, with the defaults filled in.
    request: Mapped[dict[str, Any]]
    n_jobs: Mapped[int]
    #: Jobs that have not ended; who ends one counts down here, in the same transaction.
    n_open: Mapped[int]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())
    #: When the last of them ended; empty again while one of them is retried.
    finished_at: Mapped[datetime.datetime | None]
