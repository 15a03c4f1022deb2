"""Users, for those who look after them; shown on the page of settings."""

import urllib.parse
from uuid import UUID

import flask
import werkzeug

from service import accounts

from .. import policies, services
from . import settings

blueprint = flask.Blueprint("users", __name__)

#: How long the link that lets somebody in works.
_INVITATION_DAYS = 7.0


@blueprint.post("/settings/users")
@policies.needs(policies.ADMIN)
def add() -> flask.Response:
    """A new user; this answer is the one time to see the link that lets them in."""
    form = flask.request.form
    name = form.get("name", "").strip()[:100]
    with services.session() as session:
        user = accounts.create_user(session, name or "somebody", form.get("role", "submitter"))
        invitation = accounts.issue_invitation(session, user, days=_INVITATION_DAYS)
    return settings.page(welcome=_address(invitation))


@blueprint.post("/settings/users/<uuid:user_id>/invite")
@policies.needs(policies.ADMIN)
def invite(user_id: UUID) -> flask.Response:
    """A new link that lets a user in; earlier ones stop working."""
    with services.session() as session:
        user = accounts.get_user(session, str(user_id))
        invitation = accounts.issue_invitation(session, user, days=_INVITATION_DAYS)
    return settings.page(welcome=_address(invitation))


@blueprint.post("/settings/users/<uuid:user_id>/role")
@policies.needs(policies.ADMIN)
def change_role(user_id: UUID) -> werkzeug.Response:
    """Another role, which counts at once."""
    with services.session() as session:
        user = accounts.get_user(session, str(user_id))
        accounts.change_role(session, user, flask.request.form.get("role", ""))
    return _shown(f"{user.name} is a {user.role} now.")


@blueprint.post("/settings/users/<uuid:user_id>/<any(disable, enable):act>")
@policies.needs(policies.ADMIN)
def let_in(user_id: UUID, act: str) -> werkzeug.Response:
    """Keep a user out, or let them in again."""
    with services.session() as session:
        user = accounts.get_user(session, str(user_id))
        (accounts.enable if act == "enable" else accounts.disable)(session, user)
    told = "may come in again" if act == "enable" else "is kept out now"
    return _shown(f"{user.name} {told}.")


def _address(invitation: str) -> str:
    """As browsers reach us: what the settings say, or how this one does."""
    ours = services.current().settings.public_url or flask.request.host_url
    path = flask.url_for("pages.signing_in.show_invitation", token=invitation)
    return urllib.parse.urljoin(ours, path)


def _shown(told: str) -> werkzeug.Response:
    flask.flash(told, "success")
    return flask.redirect(flask.url_for("pages.settings.show"))
