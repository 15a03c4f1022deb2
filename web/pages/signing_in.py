"""The way in and the way out: a token, or an invitation that works once."""

import urllib.parse

import flask
import werkzeug

from service import errors as service_errors

from .. import openid, sessions
from . import rendering

blueprint = flask.Blueprint("signing_in", __name__)


@blueprint.get("/sign-in")
def show_sign_in() -> flask.Response:
    """The form that asks for a token."""
    return _page(_back(flask.request.args.get("back", "")))


@blueprint.post("/sign-in")
def sign_in() -> werkzeug.Response:
    """Sign in with a token; a wrong one is told beside the form."""
    back = _back(flask.request.form.get("back", ""))
    try:
        sessions.sign_in(flask.request.form.get("token", "").strip())
    except service_errors.Unauthenticated as error:
        return _page(back, problem=str(error))
    return flask.redirect(back)


@blueprint.get("/sign-in/provider")
def go_to_provider() -> werkzeug.Response:
    """On to the OpenID provider, which sends whoever it is back."""
    try:
        return openid.go(flask.url_for("pages.signing_in.come_from_provider"))
    except service_errors.Unauthenticated as error:
        return _page("/", problem=str(error))


@blueprint.get("/sign-in/provider/back")
def come_from_provider() -> werkzeug.Response:
    """Sign in with what the provider says."""
    try:
        person = openid.whoever_came()
        sessions.sign_in_as(person.subject, person.name)
    except (service_errors.Unauthenticated, service_errors.Conflict) as error:
        return _page("/", problem=str(error))
    return flask.redirect(flask.url_for("pages.home.show"))


@blueprint.get("/welcome/<token>")
def show_invitation(token: str) -> flask.Response:
    """A button that uses an invitation; a preview of the address does not use it up."""
    return rendering.page("welcome.html", token=token)


@blueprint.post("/welcome/<token>")
def accept_invitation(token: str) -> werkzeug.Response:
    """Sign in with an invitation."""
    try:
        sessions.sign_in(token)
    except service_errors.Unauthenticated as error:
        return _page("/", problem=str(error))
    return flask.redirect(flask.url_for("pages.home.show"))


@blueprint.post("/sign-out")
def sign_out() -> werkzeug.Response:
    """End the session."""
    sessions.sign_out()
    return flask.redirect(flask.url_for("pages.signing_in.show_sign_in"))


def _page(back: str, *, problem: str = "") -> flask.Response:
    return rendering.page(
        "sign_in.html",
        status=401 if problem else 200,
        back=back,
        problem=problem,
        provider=openid.provider(),
    )


def _back(wanted: str) -> str:
    """Where to go after signing in: a page of ours, whatever the address says."""
    parts = urllib.parse.urlsplit(wanted.replace("\\", "/"))
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return wanted if is_ours and not wanted.startswith("//") else "/"
