"""People in a browser: signed in by a cookie, and protected from forms of other sites."""

import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import flask
import flask_login
import flask_wtf.csrf

from service import accounts
from service import errors as service_errors
from service.accounts import Identity
from service.settings import Settings

from . import errors, services

_COOKIE = "netmend_session"
_KEY_FILE = "session-key"
_KEY_BYTES = 32

_logins = flask_login.LoginManager()
_csrf = flask_wtf.csrf.CSRFProtect()


@dataclass(frozen=True)
class Person:
    """Somebody who signed in; the cookie holds a bearer token of its own, which can be revoked."""

    identity: Identity
    bearer: str

    # what Flask-Login asks of whoever it is
    is_authenticated: ClassVar = True
    is_active: ClassVar = True
    is_anonymous: ClassVar = False

    def get_id(self) -> str:
        """What the cookie remembers."""
        return self.bearer


def register(app: flask.Flask, settings: Settings) -> None:
    """Let people sign in to an application."""
    app.config.update(
        SECRET_KEY=_key(settings),
        SESSION_COOKIE_NAME=_COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        WTF_CSRF_CHECK_DEFAULT=False,  # bearer tokens come from no form; `check_form` asks for it
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=settings.is_https,
    )
    _logins.init_app(app)
    _csrf.init_app(app)


def sign_in(bearer: str) -> None:
    """Start a session for whoever has this token.

    Raises:
        Unauthenticated: The token is nobody's, was revoked, or was for one use and has been used.
    """
    with services.session() as session:
        own = accounts.open_session(session, bearer)
        identity = accounts.authenticate(session, own)
    flask.session.clear()  # nothing of who was here before
    flask_login.login_user(Person(identity, own))


def sign_out() -> None:
    """End the session of this browser, for good."""
    person = current()
    if person is not None:
        with services.session() as session:
            accounts.revoke_token(session, person.token_id)
    flask_login.logout_user()
    flask.session.clear()


def current() -> Identity | None:
    """Who is signed in in the browser that asks; ``None`` if nobody is."""
    person = flask_login.current_user
    return person.identity if isinstance(person._get_current_object(), Person) else None


def check_form() -> None:
    """Refuse what was sent from a page of somebody else.

    Raises:
        CsrfFailed: The form, or the header ``X-CSRFToken``, does not hold what our page gave it.
    """
    try:
        _csrf.protect()
    except flask_wtf.csrf.CSRFError as error:
        raise errors.CsrfFailed(
            f"the form could not be checked ({error.description}); load the page again"
        ) from error


def check_mark(mark: str) -> None:
    """As `check_form`, for a form that is read as it comes in: what its field ``csrf_token`` holds.

    Raises:
        CsrfFailed: That is not what our page gave it.
    """
    try:
        flask_wtf.csrf.validate_csrf(mark)
    except flask_wtf.csrf.ValidationError as error:
        raise errors.CsrfFailed(
            f"the form could not be checked ({error}); load the page again"
        ) from error


@_logins.user_loader
def _person(bearer: str) -> Person | None:
    try:
        with services.session(read_only=True) as session:
            return Person(accounts.authenticate(session, bearer), bearer)
    except service_errors.Unauthenticated:
        return None


def _key(settings: Settings) -> str:
    """What cookies are signed with: the setting, or a key that is made once for a state folder."""
    if settings.session_key is not None:
        return settings.session_key.get_secret_value()
    path = settings.state_folder / _KEY_FILE
    if not path.exists():
        _make_key(path)
    return path.read_text().strip()


def _make_key(path: Path) -> None:
    """A new key, private, whole from the moment it is there; of two who make one, one does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(_KEY_BYTES))
    with contextlib.suppress(FileExistsError):
        os.link(partial, path)
    Path(partial).unlink()
