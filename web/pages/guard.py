"""Who may see a page: somebody who signed in; everybody else is shown the way in."""

from collections.abc import Callable
from typing import TypeVar

import flask
import werkzeug

from service.accounts import Identity

from .. import security, sessions
from ..policies import SAFE_METHODS

#: What people need before they are signed in.
_OPEN_PART = "pages.signing_in"
_CHECKS_ITS_FORM = "checks_its_form"

View = TypeVar("View", bound=Callable[..., werkzeug.Response])


def checks_its_form(view: View) -> View:
    """Mark a view that reads its form as it comes in, and so has to check it itself.

    It calls `sessions.check_mark` before it does anything with what was sent.
    """
    vars(view)[_CHECKS_ITS_FORM] = True
    return view


def admit() -> werkzeug.Response | None:
    """Let a request through to its page, or answer it here.

    Raises:
        Forbidden: Their role does not allow it.
        CsrfFailed: A form came from somewhere else.
    """
    is_safe = flask.request.method in SAFE_METHODS
    if not is_safe and not _is_checked_later():
        sessions.check_form()
    if flask.request.blueprint == _OPEN_PART:
        return None
    person = sessions.current()
    if person is None:
        back = flask.request.full_path.rstrip("?") if is_safe else None
        return flask.redirect(flask.url_for("pages.signing_in.show_sign_in", back=back))
    security.admit(person)
    return None


def person() -> Identity:
    """Who looks at a page."""
    identity: Identity = flask.g.identity
    return identity


def _is_checked_later() -> bool:
    view = flask.current_app.view_functions[flask.request.endpoint or ""]
    return _CHECKS_ITS_FORM in vars(view)
