"""Tokens of whoever is signed in, and how this installation is set up."""

import flask
import werkzeug

from service import accounts, storage

from .. import services
from . import guard, rendering

blueprint = flask.Blueprint("settings", __name__)


@blueprint.get("/settings")
def show() -> flask.Response:
    """Tokens, storage and limits."""
    return _page()


@blueprint.post("/settings/tokens")
def issue_token() -> flask.Response:
    """A new token; this answer is the one time to see it."""
    form = flask.request.form
    scope = form.get("scope", "read")
    guard.person().require("admin" if scope == "admin" else "read")
    with services.session() as session:
        user = accounts.get_user(session, guard.person().user_id)
        issued = accounts.issue_token(session, user, form.get("name", "").strip()[:100], [scope])
    return _page(issued=issued)


@blueprint.post("/settings/tokens/<uuid:token_id>/revoke")
def revoke_token(token_id: object) -> werkzeug.Response:
    """A token opens nothing any more."""
    with services.session() as session:
        accounts.revoke_own_token(session, guard.person().user_id, str(token_id))
    flask.flash("The token was revoked.", "success")
    return flask.redirect(flask.url_for("pages.settings.show"))


def _page(*, issued: str | None = None) -> flask.Response:
    held = services.current()
    with services.session(read_only=True) as session:
        tokens = accounts.list_tokens(session, guard.person().user_id)
    return rendering.page(
        "settings.html",
        tokens=tokens,
        issued=issued,
        scopes=accounts.SCOPES,
        settings=held.settings,
        free_bytes=storage.free_bytes(held.settings.state_folder),
    )
