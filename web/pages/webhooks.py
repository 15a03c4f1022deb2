"""Addresses that are told when repairs end, and what became of the messages."""

from collections.abc import Sequence
from uuid import UUID

import flask
import pydantic
import werkzeug

from service import errors, schemas, webhooks
from service.tables import Delivery, Webhook

from .. import services
from . import guard, rendering

blueprint = flask.Blueprint("webhooks", __name__)

#: So many messages are shown of each.
_N_SHOWN = 10


@blueprint.get("/settings/webhooks")
def show() -> flask.Response:
    """The addresses of whoever is signed in."""
    return _page()


@blueprint.post("/settings/webhooks")
def add() -> flask.Response:
    """A new one; this answer is the one time to see its secret."""
    form = flask.request.form
    url = form.get("url", "").strip()
    try:
        wanted = schemas.WebhookCreate(url=url)
        with services.session() as session:
            settings = services.current().settings
            made = webhooks.add(session, guard.person().user_id, wanted, settings)
    except pydantic.ValidationError:
        return _page(url=url, problem="Give the address as https://host/path.", status=422)
    except (errors.WebhookRefused, errors.Conflict) as error:
        return _page(url=url, problem=f"{error}.", status=422)
    return _page(made=made)


@blueprint.post("/settings/webhooks/<uuid:webhook_id>/<any(ping, remove):act>")
def change(webhook_id: UUID, act: str) -> werkzeug.Response:
    """Try one, or forget it."""
    with services.session() as session:
        if act == "ping":
            webhooks.ping(session, str(webhook_id))
        else:
            webhooks.remove(session, str(webhook_id))
    said = "A message is on its way." if act == "ping" else "The webhook was forgotten."
    return _back(said)


@blueprint.post("/settings/webhooks/deliveries/<uuid:delivery_id>/redeliver")
def redeliver(delivery_id: UUID) -> werkzeug.Response:
    """Send a message once more."""
    with services.session() as session:
        webhooks.redeliver(session, str(delivery_id))
    return _back("The message is on its way again.")


def _back(said: str) -> werkzeug.Response:
    flask.flash(said, "success")
    return flask.redirect(flask.url_for("pages.webhooks.show"))


def _page(
    *, made: Webhook | None = None, url: str = "", problem: str = "", status: int = 200
) -> flask.Response:
    with services.session(read_only=True) as session:
        hooks = webhooks.list_webhooks(session)
        sent: dict[str, Sequence[Delivery]] = {
            hook.id: webhooks.list_deliveries(session, hook.id, limit=_N_SHOWN).rows
            for hook in hooks
        }
    return rendering.page(
        "webhooks.html",
        status=status,
        hooks=hooks,
        sent=sent,
        made=made,
        url=url,
        problem=problem,
        settings=services.current().settings,
    )
