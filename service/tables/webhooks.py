"""Who wants to be told of what, and what was told."""

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, now
from .columns import Id


class Webhook(Base):
    """An address of somebody's that is told when their jobs end."""

    __tablename__ = "webhooks"
    __table_args__ = (Index(None, "owner_id", "id"),)

    id: Mapped[Id]
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    url: Mapped[str]
    #: What messages are signed with. Kept as it is: a hash signs nothing.
    secret: Mapped[str]
    #: What it is for; see `schemas.WebhookEvent`.
    events: Mapped[list[str]]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())
    #: Since when nothing is sent to it, because it said that it is gone (410).
    disabled_at: Mapped[datetime.datetime | None]


class Delivery(Base):
    """A message to a webhook; the row is the outbox, the log, and what is sent again."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="state"),
        Index(None, "webhook_id", "id"),
        Index(
            "ix_webhook_deliveries_waiting",
            "next_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    id: Mapped[Id]
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    #: A `schemas.WebhookEvent`, or ``ping``.
    event: Mapped[str]
    #: What is sent, each time the same.
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    #: When to try, in seconds since 1970; while it is being sent, when to try if nothing is heard.
    next_at: Mapped[float]
    #: HTTP status of the last answer; ``None`` where there was none.
    status: Mapped[int | None]
    #: Why the last attempt went wrong.
    error: Mapped[str | None]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())
    ended_at: Mapped[datetime.datetime | None]
