"""The user and the token of whoever started `netmend up`."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service import accounts, db
from service.errors import Unauthenticated
from service.tables import User

from . import address

_USER, _TOKEN_NAME = "local", "netmend up"
_FILE = "token"


def token(engine: sa.Engine, folder: Path) -> str:
    """A token that is valid: the one of the last start, or a new one.

    It is kept in the folder, where only its owner can read it, so that each start gives the same.
    """
    path = folder / _FILE
    kept = path.read_text().strip() if path.exists() else ""
    if kept and _is_valid(engine, kept):
        return kept
    issued = _issue(engine)
    address.write_private(path, f"{issued}\n")
    return issued


def invitation(engine: sa.Engine) -> str:
    """A new token that opens the pages in a browser, once."""
    with db.session_scope(engine) as session:
        return accounts.issue_invitation(session, _user(session))


def _is_valid(engine: sa.Engine, bearer: str) -> bool:
    with db.session_scope(engine, read_only=True) as session:
        try:
            accounts.authenticate(session, bearer)
        except Unauthenticated:
            return False
    return True


def _issue(engine: sa.Engine) -> str:
    with db.session_scope(engine) as session:
        return accounts.issue_token(session, _user(session), _TOKEN_NAME, ("admin",))


def _user(session: Session) -> User:
    return accounts.find_user(session, _USER) or accounts.create_user(session, _USER, "admin")
