"""Pages of a long list, newest first, by key and not by offset: page 1,000 is as fast as page 1."""

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from . import errors

MAX_LIMIT = 200
_N_UUID = 36


class _HasId(Protocol):
    id: Any


Table = TypeVar("Table", bound=_HasId)


@dataclass(frozen=True, kw_only=True)
class Rows(Generic[Table]):
    """One page of rows."""

    rows: tuple[Table, ...]
    #: What to ask the next page with; ``None`` on the last one.
    next: str | None


def fetch(
    session: Session,
    query: sa.Select[Table],
    key: InstrumentedAttribute[str],
    *,
    cursor: str | None,
    limit: int,
) -> Rows[Table]:
    """The rows of a query after a cursor, newest first.

    Raises:
        InvalidRequest: The cursor is not one that was given out, or the limit is out of range.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise errors.InvalidRequest(
            f"limit must be between 1 and {MAX_LIMIT}, not {limit}", field="limit"
        )
    if cursor is not None:
        query = query.where(key < _checked(cursor))
    found = session.scalars(query.order_by(key.desc()).limit(limit + 1)).all()
    rows = tuple(found[:limit])
    return Rows(rows=rows, next=rows[-1].id if len(found) > limit else None)


def _checked(cursor: str) -> str:
    if len(cursor) != _N_UUID or not cursor.isascii() or not cursor.isprintable():
        raise errors.InvalidRequest("the cursor is not one that was given out", field="cursor")
    return cursor
