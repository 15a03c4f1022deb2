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
#: A token that opens one session in a browser, with all scopes, and nothing else.
_ONCE = "once"
_SESSION_NAME = "browser"
_INVITATION_NAME = "invitation"
_PREFIX = "nmt_"
_SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a request comes from, and what they may do."""

    user_id: str
    token_id: str
    scopes: tuple[str, ...]

    @property
    def sees(self) -> str | None:
        """Whose things they may look at and change: their own; ``None`` is everybody's."""
        return None if "admin" in self.scopes else self.user_id

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


def get_user(session: Session, user_id: str) -> User:
    """The user with that id.

    Raises:
        NotFound: There is none.
    """
    user = session.get(User, user_id)
    if user is None:
        raise errors.NotFound(f"there is no user {user_id}", id=user_id)
    return user


def list_tokens(session: Session, user_id: str) -> Sequence[Token]:
    """The tokens of a user that are valid, newest first."""
    valid = sa.and_(Token.user_id == user_id, Token.revoked_at.is_(None))
    return session.scalars(sa.select(Token).where(valid).order_by(Token.id.desc())).all()


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
    return _issue(session, user.id, name, scopes)


def issue_invitation(session: Session, user: User) -> str:
    """A token in plain text that opens one session in a browser, once; the API refuses it.

    Those of before are revoked.
    """
    earlier = sa.and_(Token.user_id == user.id, Token.name == _INVITATION_NAME)
    session.execute(
        sa.update(Token).where(earlier, Token.revoked_at.is_(None)).values(revoked_at=now())
    )
    return _issue(session, user.id, _INVITATION_NAME, (_ONCE,))


def open_session(session: Session, bearer: str) -> str:
    """A new token for a browser, in plain text, for whoever has a token; an invitation is used up.

    Raises:
        Unauthenticated: The token is nobody's, was revoked or used up.
    """
    identity = authenticate(session, bearer)
    scopes = identity.scopes
    if _ONCE in scopes:
        _use_up(session, identity.token_id)
        scopes = SCOPES
    return _issue(session, identity.user_id, _SESSION_NAME, scopes)


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


def revoke_own_token(session: Session, user_id: str, token_id: str) -> None:
    """A token of this user is not valid any more.

    Raises:
        NotFound: The user has no such token.
    """
    token = session.get(Token, token_id)
    if token is None or token.user_id != user_id:
        raise errors.NotFound(f"you have no token {token_id}", id=token_id)
    revoke_token(session, token_id)


def _issue(session: Session, user_id: str, name: str, scopes: Sequence[str]) -> str:
    # token_hex has no dot and no underscore, so the text can be split again
    secret = secrets.token_hex(_SECRET_BYTES)
    token = Token(
        id=ids.new_id(),
        user_id=user_id,
        name=name,
        scopes=list(scopes),
        secret_sha256=_hash(secret),
    )
    session.add(token)
    session.flush()
    return f"{_PREFIX}{token.id}.{secret}"


def _use_up(session: Session, token_id: str) -> None:
    """Revoke a token; of two who try, one does it."""
    unused = sa.and_(Token.id == token_id, Token.revoked_at.is_(None))
    used = session.scalar(
        sa.update(Token).where(unused).values(revoked_at=now()).returning(Token.id)
    )
    if used is None:
        raise errors.Unauthenticated("the invitation has been used")


def _hash(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _is_text(value: str) -> bool:
    """Whether a database can compare with it: PostgreSQL refuses NUL and lone surrogates."""
    return value.isascii() and value.isprintable()
