"""Bearer tokens, which say who asks; of their secrets only hashes are kept."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .. import audit, errors, ids
from ..audit import Thing
from ..db import ago, now
from ..tables import Token, User
from . import roles

#: A token that opens one session in a browser, with all that its user may, and nothing else.
_ONCE = "once"
_SESSION_NAME = "browser"
_INVITATION_NAME = "invitation"
_PREFIX = "nmt_"
_SECRET_BYTES = 32
_DAY_S = 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a request comes from, and what they may do."""

    user_id: str
    token_id: str
    #: Those of the token, as far as the role of its user goes.
    scopes: tuple[str, ...]
    role: str = "viewer"
    name: str = ""

    @property
    def sees(self) -> str | None:
        """Whose things they may look at and change: their own; ``None`` is everybody's."""
        return None if "admin" in self.scopes else self.user_id

    def require(self, scope: str) -> None:
        """Go on only with a scope.

        Raises:
            Forbidden: The token does not have it, or the role of its user does not.
        """
        if scope not in self.scopes and "admin" not in self.scopes:
            raise errors.Forbidden(
                f"this needs a token with the scope {scope!r}",
                expected=scope, received=list(self.scopes),
            )  # fmt: skip


def list_tokens(session: Session, user_id: str) -> Sequence[Token]:
    """The tokens of a user that are valid, newest first."""
    query = sa.select(Token).where(Token.user_id == user_id, _is_valid())
    return session.scalars(query.order_by(Token.id.desc())).all()


def issue_token(
    session: Session,
    user: User,
    name: str,
    scopes: Sequence[str],
    *,
    days: float | None = None,
) -> str:
    """A new token in plain text. Only its hash is kept: this is the one time to see it.

    Args:
        session: Of the transaction.
        user: Whose it is.
        name: What for.
        scopes: What it may do.
        days: How long it is valid; for ever if not given.

    Raises:
        InvalidRequest: There is no such scope, or no such time.
        Forbidden: The role of the user does not allow it.
    """
    unknown = sorted(set(scopes) - set(roles.SCOPES))
    if unknown or not scopes:
        raise errors.InvalidRequest(
            f"scopes are {', '.join(roles.SCOPES)}, not {', '.join(unknown) or 'none'}",
            field="scopes",
        )
    if days is not None and not 0 < days < 36_500:
        raise errors.InvalidRequest(f"a token is valid for some days, not {days:g}", field="days")
    beyond = sorted(set(scopes) - set(roles.ROLES[user.role]))
    if beyond:
        raise errors.Forbidden(
            f"{user.name!r} is a {user.role}, whose tokens may not {', '.join(beyond)}",
            expected=list(roles.ROLES[user.role]), received=list(scopes),
        )  # fmt: skip
    issued = _issue(session, user.id, name, scopes, days=days)
    told = {"user": user.id, "scopes": " ".join(scopes)}
    audit.record(session, "token.issue", Thing("token", _id_of(issued)), told=told)
    return issued


def issue_invitation(session: Session, user: User, *, days: float | None = None) -> str:
    """A token in plain text that opens one session in a browser, once; the API refuses it.

    Those of before are revoked.
    """
    earlier = sa.and_(Token.user_id == user.id, Token.name == _INVITATION_NAME)
    session.execute(
        sa.update(Token).where(earlier, Token.revoked_at.is_(None)).values(revoked_at=now())
    )
    issued = _issue(session, user.id, _INVITATION_NAME, (_ONCE,), days=days)
    told = {"user": user.id, "scopes": _ONCE}
    audit.record(session, "token.issue", Thing("token", _id_of(issued)), told=told)
    return issued


def open_session(session: Session, bearer: str, *, days: float | None = None) -> str:
    """A new token for a browser, in plain text, for whoever has a token; an invitation is used up.

    Args:
        session: Of the transaction.
        bearer: What they have.
        days: When the session ends at the latest.

    Raises:
        Unauthenticated: The token is nobody's, was revoked or used up, or is too old.
    """
    identity = authenticate(session, bearer)
    scopes = identity.scopes
    if _ONCE in scopes:
        _use_up(session, identity.token_id)
        scopes = roles.ROLES[identity.role]
    opened = _issue(session, identity.user_id, _SESSION_NAME, scopes, days=days)
    audit.record(session, "sign-in", Thing("token", _id_of(opened)), by=identity.user_id)
    return opened


def open_session_of(session: Session, user: User, *, days: float | None = None) -> str:
    """As `open_session`, for a user whom somebody else vouches for."""
    opened = _issue(session, user.id, _SESSION_NAME, roles.ROLES[user.role], days=days)
    audit.record(session, "sign-in", Thing("token", _id_of(opened)), by=user.id)
    return opened


def authenticate(session: Session, bearer: str) -> Identity:
    """Whose token this is. It takes as long for a wrong secret as for a right one.

    Raises:
        Unauthenticated: It is nobody's, was revoked or is too old, or its user is kept out.
    """
    token_id, _, secret = bearer.removeprefix(_PREFIX).partition(".")
    query = sa.select(Token, User).join(User, User.id == Token.user_id)
    may_come = sa.and_(Token.id == token_id, _is_valid(), User.disabled_at.is_(None))
    found = session.execute(query.where(may_come)).one_or_none() if _is_text(token_id) else None
    expected = found.Token.secret_sha256 if found else _hash("")
    is_right = hmac.compare_digest(_hash(secret), expected)
    if found is None or not is_right:
        raise errors.Unauthenticated("the token is not valid")
    token, user = found
    scopes = (_ONCE,) if _ONCE in token.scopes else roles.allowed(user.role, token.scopes)
    return Identity(
        user_id=user.id, token_id=token.id, scopes=scopes, role=user.role, name=user.name
    )


def revoke_token(session: Session, token_id: str) -> None:
    """The token is not valid any more.

    Raises:
        NotFound: There is no such token.
    """
    token = session.get(Token, token_id) if _is_text(token_id) else None
    if token is None:
        raise errors.NotFound(f"there is no token {token_id}", id=token_id)
    session.execute(sa.update(Token).where(Token.id == token_id).values(revoked_at=now()))
    told = {"user": token.user_id}
    audit.record(session, "token.revoke", Thing("token", token_id), told=told)


def revoke_own_token(session: Session, user_id: str, token_id: str) -> None:
    """A token of this user is not valid any more.

    Raises:
        NotFound: The user has no such token.
    """
    token = session.get(Token, token_id)
    if token is None or token.user_id != user_id:
        raise errors.NotFound(f"you have no token {token_id}", id=token_id)
    revoke_token(session, token_id)


def _issue(
    session: Session, user_id: str, name: str, scopes: Sequence[str], *, days: float | None
) -> str:
    # token_hex has no dot and no underscore, so the text can be split again
    secret = secrets.token_hex(_SECRET_BYTES)
    token = Token(
        id=ids.new_id(),
        user_id=user_id,
        name=name,
        scopes=list(scopes),
        secret_sha256=_hash(secret),
        expires_at=None if days is None else ago(-days * _DAY_S),
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


def _is_valid() -> sa.ColumnElement[bool]:
    in_time = sa.or_(Token.expires_at.is_(None), Token.expires_at > now())
    return sa.and_(Token.revoked_at.is_(None), in_time)


def _id_of(bearer: str) -> str:
    return bearer.removeprefix(_PREFIX).partition(".")[0]


def _hash(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _is_text(value: str) -> bool:
    """Whether a database can compare with it: PostgreSQL refuses NUL and lone surrogates."""
    return value.isascii() and value.isprintable()
