"""Users and their bearer tokens."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import errors, ids
from .db import now
from .tables import Token, User

#: ``read`` looks, ``submit`` makes and cancels, ``admin`` does everything.
SCOPES = ("read", "submit", "admin")
_PREFIX = "nmt_"
_SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a request comes from, and what they may do."""

    user_id: str
    token_id: str
    scopes: tuple[str, ...]

    def require(self, scope: str) -> None:
        """Go on only with a scope.

        Raises:
            Forbidden: The token does not have it.
        """
        if scope not in self.scopes and "admin" not in self.scopes:
            raise errors.Forbidden(
                f"this needs a token with the scope {scope!r}",
                expected=scope, received=list(self.scopes),
            )  # fmt: skip


def create_user(session: Session, name: str) -> User:
    """A new user.

    Raises:
        Conflict: There is one of that name.
    """
    if find_user(session, name):
        raise errors.Conflict(f"there is a user {name!r} already", field="name")
    user = User(name=name)
    session.add(user)
    session.flush()
    return user


def find_user(session: Session, name: str) -> User | None:
    """The user of that name, if there is one."""
    return session.scalars(sa.select(User).where(User.name == name)).one_or_none()


def issue_token(session: Session, user: User, name: str, scopes: Sequence[str]) -> str:
    """A new token in plain text. Only its hash is kept: this is the one time to see it.

    Raises:
        InvalidRequest: There is no such scope.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise errors.InvalidRequest(
            f"scopes are {', '.join(SCOPES)}, not {', '.join(unknown) or 'none'}", field="scopes"
        )
    # token_hex has no dot and no underscore, so the text can be split again
    secret = secrets.token_hex(_SECRET_BYTES)
    token = Token(
        id=ids.new_id(),
        user_id=user.id,
        name=name,
        scopes=list(scopes),
        secret_sha256=_hash(secret),
    )
    session.add(token)
    session.flush()
    return f"{_PREFIX}{token.id}.{secret}"


def authenticate(session: Session, bearer: str) -> Identity:
    """Whose token this is. It takes as long for a wrong secret as for a right one.

    Raises:
        Unauthenticated: It is nobody's, or was revoked.
    """
    token_id, _, secret = bearer.removeprefix(_PREFIX).partition(".")
    token = session.get(Token, token_id) if _is_text(token_id) else None
    expected = token.secret_sha256 if token else _hash("")
    is_right = hmac.compare_digest(_hash(secret), expected)
    if token is None or not is_right or token.revoked_at is not None:
        raise errors.Unauthenticated("the token is not valid")
    return Identity(user_id=token.user_id, token_id=token.id, scopes=tuple(token.scopes))


def revoke_token(session: Session, token_id: str) -> None:
    """The token is not valid any more.

    Raises:
        NotFound: There is no such token.
    """
    token = session.get(Token, token_id) if _is_text(token_id) else None
    if token is None:
        raise errors.NotFound(f"there is no token {token_id}", id=token_id)
    session.execute(sa.update(Token).where(Token.id == token_id).values(revoked_at=now()))


def _hash(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _is_text(value: str) -> bool:
    """Whether a database can compare with it: PostgreSQL refuses NUL and lone surrogates."""
    return value.isascii() and value.isprintable()
