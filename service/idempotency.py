"""Answers that are kept, so that whoever asks twice gets one thing and one answer."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from . import errors
from .tables import IdempotencyKey

Answer = dict[str, Any]


def recall(session: Session, user_id: str, key: str, *, fingerprint: str) -> Answer | None:
    """The answer that this request got before; ``None`` if it is new, and now to be answered.

    Whoever gets ``None`` calls `keep` in the same transaction. If another one asks in the
    meantime with the same key, it waits here until that transaction has ended.

    Args:
        session: Commit it only with the answer.
        user_id: Keys of different users have nothing to do with each other.
        key: What the client made up.
        fingerprint: Hash of all that makes this request another one.

    Raises:
        IdempotencyKeyReused: The key was used for another request.
        IdempotencyInProgress: The first request has not been answered yet.
    """
    if _is_new(session, user_id, key, fingerprint):
        return None
    row = session.get_one(IdempotencyKey, (user_id, key), populate_existing=True)
    if row.fingerprint != fingerprint:
        raise errors.IdempotencyKeyReused(
            "this Idempotency-Key was used for another request; make up a new one", key=key
        )
    if row.answer is None:
        raise errors.IdempotencyInProgress(key=key)
    return row.answer


def keep(session: Session, user_id: str, key: str, *, answer: Answer) -> None:
    """The answer to give when the same request comes again."""
    session.execute(
        sa.update(IdempotencyKey)
        .where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
        .values(answer=answer)
        .execution_options(synchronize_session=False)
    )


def _is_new(session: Session, user_id: str, key: str, fingerprint: str) -> bool:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite if is_sqlite else postgresql).insert(IdempotencyKey)
    row = insert.values(user_id=user_id, key=key, fingerprint=fingerprint)
    inserted = session.execute(row.on_conflict_do_nothing().returning(IdempotencyKey.key))
    return inserted.one_or_none() is not None
