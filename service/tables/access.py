"""Who may do what, and what was answered to whom."""

import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, now
from .columns import Id


class User(Base):
    """Somebody who may use the service."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('viewer', 'submitter', 'admin')", name="role"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    #: What their tokens may do at most: `accounts.ROLES`.
    role: Mapped[str] = mapped_column(default="submitter")
    #: Who they are at the OpenID provider: its address, a space, its lasting name for them.
    subject: Mapped[str | None] = mapped_column(unique=True)
    #: Since when they are kept out.
    disabled_at: Mapped[datetime.datetime | None]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())


class Token(Base):
    """A bearer token; its secret is kept as a hash."""

    __tablename__ = "tokens"

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    secret_sha256: Mapped[str]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now())
    #: From when on it opens nothing; ``None`` is never.
    expires_at: Mapped[datetime.datetime | None]
    revoked_at: Mapped[datetime.datetime | None]


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
