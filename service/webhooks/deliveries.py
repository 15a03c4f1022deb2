"""What is to be sent, who sends it, and what came of it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .. import errors, paging, visibility
from ..db import epoch, now
from ..paging import Rows
from ..tables import Delivery, Webhook
from . import hooks

#: Seconds from one attempt to the next, as Standard Webhooks proposes; then it is given up.
PAUSES_S = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
#: Who takes a message has so long to send it before somebody else does.
_LEASE_S = 60.0
_GONE = 410
_FIRST_ERROR = 300


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A message on its way."""

    id: str
    url: str
    secret: str
    body: dict[str, Any]
    #: Number of this attempt, from 1; who has an old one can change nothing.
    attempt: int


def due(session: Session, *, limit: int) -> list[str]:
    """Ids of messages whose time has come, the longest overdue first."""
    waits = Delivery.state == sa.literal("waiting", literal_execute=True)
    query = sa.select(Delivery.id).where(waits, Delivery.next_at <= epoch())
    return list(session.scalars(query.order_by(Delivery.next_at).limit(limit)))


def claim(session: Session, delivery_id: str) -> Parcel | None:
    """Take a message to send it; ``None`` when somebody else has, or there is nobody to tell."""
    row = session.execute(
        sa.update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == "waiting", Delivery.next_at <= epoch())
        .values(attempts=Delivery.attempts + 1, next_at=epoch() + _LEASE_S)
        .returning(Delivery.webhook_id, Delivery.body, Delivery.attempts)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    hook = None if row is None else session.get(Webhook, row.webhook_id)
    if row is None or hook is None:
        return None
    return Parcel(
        id=delivery_id, url=hook.url, secret=hook.secret, body=row.body, attempt=row.attempts
    )


def settle(
    session: Session, parcel: Parcel, *, status: int | None = None, error: str | None = None
) -> None:
    """Write down what came of an attempt: it arrived, is tried again later, or was given up.

    Args:
        session: Commit it soon.
        parcel: The attempt.
        status: HTTP status of the answer, if there was one.
        error: What went wrong, if there was none.
    """
    is_there = status is not None and status < _FIRST_ERROR
    is_last = status == _GONE or parcel.attempt > len(PAUSES_S)
    told: dict[str, Any] = {"status": status, "error": error if status is None else _words(status)}
    if is_there or is_last:
        told |= {"state": "delivered" if is_there else "failed", "ended_at": now()}
    else:
        told |= {"next_at": epoch() + PAUSES_S[parcel.attempt - 1]}
    ours = sa.and_(Delivery.id == parcel.id, Delivery.attempts == parcel.attempt)
    session.execute(
        sa.update(Delivery)
        .where(ours, Delivery.state == "waiting")
        .values(**told)
        .execution_options(synchronize_session=False)
    )
    if status == _GONE:
        _disable(session, parcel)


def list_deliveries(
    session: Session, webhook_id: str, *, cursor: str | None = None, limit: int = 50
) -> Rows[Delivery]:
    """A page of what was sent to a webhook, newest first.

    Raises:
        NotFound: There is no such webhook.
        InvalidRequest: The cursor or the limit is not a valid one.
    """
    hook = hooks.get(session, webhook_id)
    query = sa.select(Delivery).where(Delivery.webhook_id == hook.id)
    return paging.fetch(session, query, Delivery.id, cursor=cursor, limit=limit)


def redeliver(session: Session, delivery_id: str) -> Delivery:
    """Send a message once more, at once, with the same id: the receiver knows it by that.

    Raises:
        NotFound: There is no such message.
        Conflict: It is still on its way.
    """
    seen = visibility.condition(session, Webhook)
    query = sa.select(Delivery).join(Webhook).where(Delivery.id == delivery_id, seen)
    delivery = session.scalars(query).one_or_none()
    if delivery is None:
        raise errors.NotFound(f"there is no delivery {delivery_id}", id=delivery_id)
    if delivery.state == "waiting":
        raise errors.Conflict(f"delivery {delivery_id} is still on its way", id=delivery_id)
    delivery.state, delivery.attempts, delivery.ended_at = "waiting", 0, None
    delivery.next_at = epoch()
    session.flush()
    session.refresh(delivery)
    return delivery


def _words(status: int) -> str | None:
    return None if status < _FIRST_ERROR else f"the receiver answered {status}"


def _disable(session: Session, parcel: Parcel) -> None:
    of_parcel = sa.select(Delivery.webhook_id).where(Delivery.id == parcel.id)
    session.execute(
        sa.update(Webhook)
        .where(Webhook.id == of_parcel.scalar_subquery())
        .values(disabled_at=now())
        .execution_options(synchronize_session=False)
    )
