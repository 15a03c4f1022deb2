"""Tokens of whoever is signed in, what they may have, and how this installation is set up."""

import flask
import werkzeug

from service import accounts, quotas, storage

from .. import policies, services
from . import guard, rendering

blueprint = flask.Blueprint("settings", __name__)

#: Choice of the form to how many days a token is valid.
_DAYS = {"30": 30.0, "90": 90.0, "365": 365.0, "": None}


@blueprint.get("/settings")
def show() -> flask.Response:
    """Tokens, quotas, storage and limits."""
    return page()


@blueprint.post("/settings/tokens")
@policies.needs(policies.READ)
def issue_token() -> flask.Response:
    """A new token; this answer is the one time to see it."""
    form = flask.request.form
    scope = form.get("scope", "read")
    days = _DAYS.get(form.get("days", ""))
    guard.person().require(scope)  # no token may more than this session
    with services.session() as session:
        user = accounts.get_user(session, guard.person().user_id)
        name = form.get("name", "").strip()[:100]
        issued = accounts.issue_token(session, user, name, [scope], days=days)
    return page(issued=issued)


@blueprint.post("/settings/tokens/<uuid:token_id>/revoke")
@policies.needs(policies.READ)
def revoke_token(token_id: object) -> werkzeug.Response:
    """A token opens nothing any more."""
    with services.session() as session:
        accounts.revoke_own_token(session, guard.person().user_id, str(token_id))
    flask.flash("The token was revoked.", "success")
    return flask.redirect(flask.url_for("pages.settings.show"))


def page(*, issued: str | None = None, welcome: str | None = None) -> flask.Response:
    """The page, and what was just made, if anything: it is shown this one time."""
    held, person = services.current(), guard.person()
    is_admin = "admin" in person.scopes
    with services.session(read_only=True) as session:
        tokens = accounts.list_tokens(session, person.user_id)
        users = accounts.list_users(session) if is_admin else []
        me = accounts.get_user(session, person.user_id)
        used = quotas.usage(session, me, held.settings)
    return rendering.page(
        "settings.html",
        tokens=tokens,
        issued=issued,
        welcome=welcome,
        scopes=[scope for scope in accounts.SCOPES if scope in person.scopes],
        is_admin=is_admin,
        users=users,
        roles=tuple(accounts.ROLES),
        me=me,
        quotas=used,
        settings=held.settings,
        free_bytes=storage.free_bytes(held.settings.state_folder),
    )
