"""Who did what: rows that are only ever added, each with the hash of the one before."""

import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base
from .columns import Digest


class AuditEvent(Base):
    """Something that somebody did. The database refuses to change or to delete it (a trigger)."""

    __tablename__ = "audit_events"

    #: Counts from 1 without gaps.
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime.datetime]
    #: Id of a user, or who else it was; no foreign key, since users may go and this stays.
    actor: Mapped[str]
    #: Where from: an address, or ``command line``.
    source: Mapped[str]
    #: Such as ``job.submit``.
    action: Mapped[str]
    #: What kind of thing it was done to, and which.
    kind: Mapped[str]
    object_id: Mapped[str]
    #: Of the bytes that it was about, where there are any.
    sha256: Mapped[str | None]
    #: ``ok``, or the code of the error.
    result: Mapped[str]
    details: Mapped[dict[str, Any]]
    #: ``hash`` of the row before; zeros in the first one.
    previous: Mapped[Digest]
    #: SHA-256 of all of the above.
    hash: Mapped[Digest]
