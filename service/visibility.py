"""What a session may see: everything, or only what one user owns."""

from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import errors

_SEEN_BY = "netmend.seen_by"


class _Owned(Protocol):
    id: Any
    owner_id: Any


Owned = TypeVar("Owned", bound=_Owned)


def limit(session: Session, owner_id: str | None) -> None:
    """From now on, show a session only what this user owns; ``None`` shows it everything.

    A session that was never limited, such as that of a worker, sees everything.
    """
    session.info[_SEEN_BY] = owner_id


def condition(session: Session, table: type[Owned]) -> sa.ColumnElement[bool]:
    """The condition that a row of a table can be seen; part of the query of every list."""
    owner_id = session.info.get(_SEEN_BY)
    return sa.true() if owner_id is None else table.owner_id == owner_id


def find(session: Session, table: type[Owned], row_id: str, *, noun: str) -> Owned:
    """The row as it is now.

    Raises:
        NotFound: There is none, or it is somebody else's: nobody learns which of the two.
    """
    row = session.get(table, row_id, populate_existing=True) if "\x00" not in row_id else None
    if row is None or session.info.get(_SEEN_BY) not in (None, row.owner_id):
        raise errors.NotFound(f"there is no {noun} {row_id}", id=row_id)
    return row
