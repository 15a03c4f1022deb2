"""Users: who they are, what role they have, and whether they may still come in."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .. import audit, errors
from ..audit import Thing
from ..db import now
from ..tables import User
from . import roles


def create_user(session: Session, name: str, role: str = "submitter") -> User:
    """A new user.

    Raises:
        Conflict: There is one of that name.
        InvalidRequest: There is no such role.
    """
    roles.check(role)
    if find_user(session, name):
        raise errors.Conflict(f"there is a user {name!r} already", field="name")
    user = User(name=name, role=role)
    session.add(user)
    session.flush()
    _record(session, "user.add", user)
    return user


def find_user(session: Session, name: str) -> User | None:
    """The user of that name, if there is one."""
    return session.scalars(sa.select(User).where(User.name == name)).one_or_none()


def get_user(session: Session, user_id: str) -> User:
    """The user with that id.

    Raises:
        NotFound: There is none.
    """
    user = session.get(User, user_id) if "\x00" not in user_id else None
    if user is None:
        raise errors.NotFound(f"there is no user {user_id}", id=user_id)
    return user


def user_of_subject(session: Session, subject: str, *, name: str, role: str | None) -> User:
    """Whoever an OpenID provider vouches for; a new user, if newcomers are let in.

    Somebody is never taken for a user of the same name: names are chosen elsewhere.

    Args:
        session: Of the transaction.
        subject: The provider and its own lasting name for them.
        name: What a newcomer is called.
        role: The role of newcomers; ``None`` lets nobody new in.

    Raises:
        Unauthenticated: They are new, and newcomers are not let in; or they are kept out.
        Conflict: They are new, and somebody else is called so.
    """
    user = session.scalars(sa.select(User).where(User.subject == subject)).one_or_none()
    if user is None and role is None:
        raise errors.Unauthenticated(f"nobody has let {name} in yet; ask whoever runs the service")
    if user is None:
        user = create_user(session, name, role or "viewer")
        user.subject = subject
        session.flush()
    if user.disabled_at is not None:
        raise errors.Unauthenticated(f"{name} is kept out")
    return user


def list_users(session: Session) -> Sequence[User]:
    """All users, by name; those who were disabled are among them."""
    return session.scalars(sa.select(User).order_by(User.name)).all()


def is_anybody_there(session: Session) -> bool:
    """Whether there is somebody who may come in and look after the others."""
    admins = sa.select(User.id).where(User.role == "admin", User.disabled_at.is_(None))
    return session.scalars(admins.limit(1)).first() is not None


def change_role(session: Session, user: User, role: str) -> None:
    """Give a user another role; what their tokens may do changes at once.

    Raises:
        InvalidRequest: There is no such role.
        Conflict: Nobody would be left who may look after the others.
    """
    roles.check(role)
    if role != "admin":
        _keep_an_admin(session, user)
    user.role = role
    session.flush()
    _record(session, "user.role", user)


def disable(session: Session, user: User) -> None:
    """Keep a user out, and all tokens of theirs; what they made stays.

    Raises:
        Conflict: Nobody would be left who may look after the others.
    """
    _keep_an_admin(session, user)
    if user.disabled_at is None:
        session.execute(sa.update(User).where(User.id == user.id).values(disabled_at=now()))
        session.refresh(user)
        _record(session, "user.disable", user)


def enable(session: Session, user: User) -> None:
    """Let a user in again, with the tokens that they had."""
    if user.disabled_at is not None:
        user.disabled_at = None
        session.flush()
        _record(session, "user.enable", user)


def _keep_an_admin(session: Session, user: User) -> None:
    is_admin = sa.and_(User.role == "admin", User.disabled_at.is_(None))
    # locked, so that of two who step down at once the second one sees that the first one did
    admins = session.scalars(sa.select(User.id).where(is_admin).order_by(User.id).with_for_update())
    if list(admins) == [user.id]:
        raise errors.Conflict(
            f"{user.name!r} is the only admin; make somebody else one first", id=user.id
        )


def _record(session: Session, action: str, user: User) -> None:
    told = {"name": user.name, "role": user.role}
    audit.record(session, action, Thing("user", user.id), told=told)
