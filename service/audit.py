"""The audit log: who did what, in rows that only grow, each with the hash of the one before.

What is recorded is written when its transaction commits, and is kept if and only if that is. The
lock that puts the rows in order is taken last and held for two short statements; what takes no
part in the log, such as the claim of a job, never meets it.
"""

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from .db import now
from .tables import AuditEvent

OK = "ok"
#: Who is not known, and who is no person.
NOBODY, SYSTEM = "nobody", "system"
#: ``previous`` of the first row.
FIRST = "0" * 64

_ACTOR, _WAITING = "netmend.actor", "netmend.audit"
#: Any number will do, as long as nobody else takes an advisory lock of that number.
_LOCK = 0x6E6D61756469
_AT_A_TIME = 1000
_HASHED = (
    "seq", "actor", "source", "action", "kind", "object_id", "sha256", "result", "details",
    "previous",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who does what happens in a session, and where from."""

    #: Id of a user, or `NOBODY`, `SYSTEM`, or who else it is.
    name: str
    source: str = ""


@dataclass(frozen=True)
class Thing:
    """What something is done to."""

    kind: str
    id: str
    #: Of its bytes, where it has any.
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Happened:
    actor: Actor
    action: str
    thing: Thing
    result: str
    told: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last row: what to keep elsewhere, because nothing in the table says that more was cut."""

    seq: int = 0
    hash: str = FIRST


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What `verify` found."""

    #: The last row there is.
    head: Head = field(default_factory=Head)
    #: Number of a row to what is wrong with it.
    wrong: Mapping[int, str] = field(default_factory=dict)


def act_as(session: Session, actor: Actor) -> None:
    """From now on, what is recorded in a session was done by this one."""
    session.info[_ACTOR] = actor


def record(
    session: Session,
    action: str,
    thing: Thing,
    *,
    result: str = OK,
    told: Mapping[str, object] | None = None,
    by: str | None = None,
) -> None:
    """Write down what is being done, when the session commits.

    Args:
        session: Of the transaction that does it.
        action: Such as ``job.submit``.
        thing: What it is done to.
        result: `OK`, or the code of an error.
        told: Texts and whole numbers that say more; nothing secret.
        by: Name of who does it, where that is known only here.
    """
    actor: Actor = session.info.get(_ACTOR, Actor(name=SYSTEM))
    if by is not None:
        actor = Actor(name=by, source=actor.source)
    happened = _Happened(actor=actor, action=action, thing=thing, result=result, told=told or {})
    session.info.setdefault(_WAITING, []).append(happened)


def verify(session: Session, *, known: Head | None = None) -> Verdict:
    """Go through all rows, and name those that are not as they were written.

    Args:
        session: For reading.
        known: A head that was told earlier: that row has to be there as it was.
    """
    wrong: dict[int, str] = {}
    head = Head()
    for row in _rows(session):
        if row.seq != head.seq + 1:
            wrong[row.seq] = f"rows {head.seq + 1} to {row.seq - 1} before it are missing"
        elif row.previous != head.hash:
            wrong[row.seq] = "it does not follow the row before it"
        if _hash(row) != row.hash:
            wrong[row.seq] = "it was changed: its hash is that of something else"
        if known and row.seq == known.seq and row.hash != known.hash:
            wrong.setdefault(row.seq, "it is not the row that was there before")
        head = Head(seq=row.seq, hash=row.hash)
    if known and known.seq > head.seq:
        wrong[known.seq] = f"it was there before; now the last row is {head.seq}"
    return Verdict(head=head, wrong=wrong)


def newest(session: Session, *, limit: int) -> list[AuditEvent]:
    """The last rows, in the order in which they were written."""
    query = sa.select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(limit)
    return list(reversed(session.scalars(query).all()))


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    waiting: list[_Happened] = session.info.pop(_WAITING, [])
    if not waiting:
        return
    session.flush()  # what was done comes first: only then is the lock asked for
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    last = sa.select(AuditEvent.seq, AuditEvent.hash).order_by(AuditEvent.seq.desc()).limit(1)
    found = session.execute(last).one_or_none()
    head = Head(seq=found.seq, hash=found.hash) if found else Head()
    at = session.scalars(sa.select(now())).one()
    for happened in waiting:
        row = _row(happened, head, at)
        session.add(row)
        head = Head(seq=row.seq, hash=row.hash)
    session.flush()


def _row(happened: _Happened, head: Head, at: datetime.datetime) -> AuditEvent:
    row = AuditEvent(
        seq=head.seq + 1,
        at=at,
        actor=happened.actor.name,
        source=happened.actor.source,
        action=happened.action,
        kind=happened.thing.kind,
        object_id=happened.thing.id,
        sha256=happened.thing.sha256,
        result=happened.result,
        details=dict(happened.told),
        previous=head.hash,
    )
    row.hash = _hash(row)
    return row


def _rows(session: Session) -> Iterator[AuditEvent]:
    query = sa.select(AuditEvent).order_by(AuditEvent.seq)
    return iter(session.scalars(query.execution_options(yield_per=_AT_A_TIME)))


def _hash(row: AuditEvent) -> str:
    told = {name: getattr(row, name) for name in _HASHED}
    told["at"] = row.at.isoformat(timespec="microseconds")
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
