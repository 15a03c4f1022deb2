"""People in a browser: signed in by a cookie, and protected from forms of other sites."""

import contextlib
import os
import secrets
import tempfile
import urllib.parse
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import flask
import flask_login
import flask_wtf.csrf

from service import accounts, audit
from service import errors as service_errors
from service.accounts import Identity
from service.audit import Thing
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
        RateLimited: Too many wrong ones came from where this one comes from.
    """
    rates, address = services.current().rates, flask.request.remote_addr or ""
    rates.check("login", address)
    try:
        with services.session() as session:
            days = services.current().settings.session_days
            own = accounts.open_session(session, bearer, days=days)
            identity = accounts.authenticate(session, own)
    except service_errors.Unauthenticated as error:
        _tell_of_failure(error)
        rates.count("login", address)
        raise
    _remember(Person(identity, own))


def sign_in_as(subject: str, name: str) -> None:
    """Start a session for whoever an OpenID provider vouches for.

    Args:
        subject: The provider and its own lasting name for them.
        name: What they are called here, if they come for the first time.

    Raises:
        Unauthenticated: They are new, and newcomers are not let in; or they are kept out.
        Conflict: They are new, and somebody else is called so.
    """
    settings = services.current().settings
    try:
        with services.session() as session:
            role = settings.oidc_role
            user = accounts.user_of_subject(session, subject, name=name, role=role)
            own = accounts.open_session_of(session, user, days=settings.session_days)
            identity = accounts.authenticate(session, own)
    except service_errors.Unauthenticated as error:
        _tell_of_failure(error)
        raise
    _remember(Person(identity, own))


def sign_out() -> None:
    """End the session of this browser, for good."""
    person = current()
    if person is not None:
        flask.g.identity = person  # this page is open to everybody, and asks nobody who it is
        with services.session() as session:
            accounts.revoke_token(session, person.token_id)
            thing = Thing("token", person.token_id)
            audit.record(session, "sign-out", thing)
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
        ForeignOrigin: The browser says that it came from elsewhere.
    """
    _check_origin()
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
        ForeignOrigin: The browser says that it came from elsewhere.
    """
    _check_origin()
    try:
        flask_wtf.csrf.validate_csrf(mark)
    except flask_wtf.csrf.ValidationError as error:
        raise errors.CsrfFailed(
            f"the form could not be checked ({error}); load the page again"
        ) from error


def _remember(person: Person) -> None:
    flask.session.clear()  # nothing of who was here before
    flask_login.login_user(person)


def _check_origin() -> None:
    """Refuse what a browser sent for a page of somebody else; programs say nothing of that."""
    origin = flask.request.headers.get("Origin")
    site = flask.request.headers.get("Sec-Fetch-Site", "none")
    if (origin is None or _is_ours(origin)) and site in {"none", "same-origin"}:
        return
    raise errors.ForeignOrigin(
        f"a page of {origin or 'another site'} may not do this here",
        expected=flask.request.host, received=origin,
    )  # fmt: skip


def _is_ours(origin: str) -> bool:
    # the scheme is not compared: a proxy in front of us may speak HTTPS and we do not know
    asked = urllib.parse.urlsplit(origin)
    return asked.netloc == flask.request.host or origin == services.current().settings.public_url


def _tell_of_failure(error: service_errors.Unauthenticated) -> None:
    with services.session() as session:
        audit.record(session, "sign-in", Thing("token", ""), result=error.code)


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
