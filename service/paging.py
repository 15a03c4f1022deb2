"""Pages of a long list, by key and not by offset: page 1,000 is as fast as page 1."""

import base64
import datetime
import json
from collections.abc import Sequence
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


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a list is sorted by; rows without a value come last, whichever way it goes."""

    column: InstrumentedAttribute[Any]
    is_descending: bool


def fetch(
    session: Session,
    query: sa.Select[Table],
    key: InstrumentedAttribute[str],
    *,
    cursor: str | None,
    limit: int,
    is_descending: bool = True,
) -> Rows[Table]:
    """The rows of a query after a cursor, newest first.

    Raises:
        InvalidRequest: The cursor is not one that was given out, or the limit is out of range.
    """
    _check(limit)
    if cursor is not None:
        after = _checked_id(cursor)
        query = query.where(key < after if is_descending else key > after)
    order = key.desc() if is_descending else key.asc()
    found = session.scalars(query.order_by(order).limit(limit + 1)).all()
    rows = tuple(found[:limit])
    return Rows(rows=rows, next=rows[-1].id if len(found) > limit else None)


def fetch_sorted(
    session: Session,
    query: sa.Select[Table],
    key: InstrumentedAttribute[str],
    *,
    order: Order,
    cursor: str | None,
    limit: int,
) -> Rows[Table]:
    """The rows of a query after a cursor, in an order; rows that are equal in it by their key.

    An index over column and key serves all of it: first the rows that have a value, then those
    that have none, each part asked for only if the page reaches into it.

    Raises:
        InvalidRequest: The cursor is not one that was given out, or the limit is out of range.
    """
    _check(limit)
    after = None if cursor is None else _place_of(cursor, order.column)
    found: list[Table] = []
    if after is None or after.value is not None:
        found += session.scalars(_with_value(query, key, order, after).limit(limit + 1))
        after = None
    if len(found) <= limit:
        rest = _without_value(query, key, order, after)
        found += session.scalars(rest.limit(limit + 1 - len(found)))
    rows = tuple(found[:limit])
    return Rows(rows=rows, next=_cursor(rows[-1], order) if len(found) > limit else None)


@dataclass(frozen=True)
class _Place:
    """The last row of a page: its value in the order, and its key."""

    value: Any
    key: str


def _with_value(
    query: sa.Select[Table], key: InstrumentedAttribute[str], order: Order, after: _Place | None
) -> sa.Select[Table]:
    column = order.column
    query = query.where(column.is_not(None)).order_by(*_ways(order, column, key))
    if after is None:
        return query
    place, here = sa.tuple_(column, key), sa.tuple_(sa.literal(after.value, column.type), after.key)
    return query.where(place < here if order.is_descending else place > here)


def _without_value(
    query: sa.Select[Table], key: InstrumentedAttribute[str], order: Order, after: _Place | None
) -> sa.Select[Table]:
    query = query.where(order.column.is_(None)).order_by(*_ways(order, key))
    if after is None:
        return query
    return query.where(key < after.key if order.is_descending else key > after.key)


def _ways(order: Order, *columns: InstrumentedAttribute[Any]) -> Sequence[sa.ColumnElement[Any]]:
    return [column.desc() if order.is_descending else column.asc() for column in columns]


def _cursor(row: Any, order: Order) -> str:
    value = getattr(row, order.column.key)
    text = value.isoformat() if isinstance(value, datetime.datetime) else value
    return base64.urlsafe_b64encode(json.dumps([text, row.id]).encode()).decode().rstrip("=")


def _place_of(cursor: str, column: InstrumentedAttribute[Any]) -> _Place:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        value, key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return _Place(_value_of(value, column), _checked_id(key))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _not_ours() from error


def _value_of(told: Any, column: InstrumentedAttribute[Any]) -> Any:
    """The value of a column from what JSON holds of it; whatever a client makes up is refused."""
    if told is None:
        return None
    if isinstance(column.type, sa.Double):
        return float(told)
    moment = datetime.datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(datetime.UTC)


def _check(limit: int) -> None:
    if not 1 <= limit <= MAX_LIMIT:
        raise errors.InvalidRequest(
            f"limit must be between 1 and {MAX_LIMIT}, not {limit}", field="limit"
        )


def _checked_id(cursor: object) -> str:
    is_one = isinstance(cursor, str) and len(cursor) == _N_UUID
    if not is_one or not str(cursor).isascii() or not str(cursor).isprintable():
        raise _not_ours()
    return str(cursor)


def _not_ours() -> errors.InvalidRequest:
    return errors.InvalidRequest("the cursor is not one that was given out", field="cursor")
