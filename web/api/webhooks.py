"""Webhooks: addresses that are told when jobs end, and what was sent to them."""

from uuid import UUID

import flask

from service import schemas, webhooks

from .. import answering, policies, reading, security, services
from ..idempotency import replayable
from ..openapi import Description, PostHeaders, describe
from ..reading import PageQuery

blueprint = flask.Blueprint("webhooks", __name__)

#: Of what sends a message, a new one or an old one once more.
_SENDS = Description(
    policy=policies.SUBMIT_OWN, answers={202: schemas.DeliveryView}, tag="webhooks"
)


@blueprint.post("/webhooks")
@describe(
    Description(
        policy=policies.SUBMIT,
        answers={201: schemas.WebhookMade},
        tag="webhooks",
        body=schemas.WebhookCreate,
        headers=PostHeaders,
    )
)
@replayable
def add_webhook() -> flask.Response:
    """Have an address told when jobs end; the secret that signs the messages is told here only."""
    wanted = reading.body(schemas.WebhookCreate)
    settings = services.current().settings
    with services.session() as session:
        row = webhooks.add(session, security.caller().user_id, wanted, settings)
        view = schemas.WebhookMade.model_validate(row)
    address = flask.url_for("api.webhooks.show_webhook", webhook_id=view.id)
    return answering.view(view, status=201, location=address)


@blueprint.get("/webhooks")
@describe(
    Description(
        policy=policies.READ,
        answers={200: schemas.Page[schemas.WebhookView], 304: None},
        tag="webhooks",
    )
)
def list_webhooks() -> flask.Response:
    """Webhooks, newest first."""
    with services.session(read_only=True) as session:
        rows = webhooks.list_webhooks(session)
        views = [schemas.WebhookView.model_validate(row) for row in rows]
    return answering.cacheable(answering.view(schemas.Page[schemas.WebhookView](data=views)))


@blueprint.get("/webhooks/<uuid:webhook_id>")
@describe(
    Description(
        policy=policies.READ_OWN,
        answers={200: schemas.WebhookView, 304: None},
        tag="webhooks",
    )
)
def show_webhook(webhook_id: UUID) -> flask.Response:
    """One webhook."""
    with services.session(read_only=True) as session:
        view = schemas.WebhookView.model_validate(webhooks.get(session, str(webhook_id)))
    return answering.cacheable(answering.view(view))


@blueprint.delete("/webhooks/<uuid:webhook_id>")
@describe(Description(policy=policies.SUBMIT_OWN, answers={204: None}, tag="webhooks"))
def remove_webhook(webhook_id: UUID) -> flask.Response:
    """Forget a webhook, and all that was sent to it."""
    with services.session() as session:
        webhooks.remove(session, str(webhook_id))
    return flask.Response(status=204)


@blueprint.post("/webhooks/<uuid:webhook_id>/ping")
@describe(_SENDS)
def ping_webhook(webhook_id: UUID) -> flask.Response:
    """Send a message now; one that was given up on is tried again with it."""
    with services.session() as session:
        delivery = webhooks.ping(session, str(webhook_id))
        session.refresh(delivery)
        view = schemas.DeliveryView.model_validate(delivery)
    return answering.view(view, status=202)


@blueprint.get("/webhooks/<uuid:webhook_id>/deliveries")
@describe(
    Description(
        policy=policies.READ_OWN,
        answers={200: schemas.Page[schemas.DeliveryView]},
        tag="webhooks",
        query=PageQuery,
    )
)
def list_deliveries(webhook_id: UUID) -> flask.Response:
    """What was sent and what was answered, newest first."""
    wanted = reading.query(PageQuery)
    with services.session(read_only=True) as session:
        rows = webhooks.list_deliveries(
            session, str(webhook_id), cursor=wanted.cursor, limit=wanted.limit
        )
        views = tuple(schemas.DeliveryView.model_validate(row) for row in rows.rows)
    return answering.listed(schemas.Page[schemas.DeliveryView](data=views, next=rows.next))


@blueprint.post("/deliveries/<uuid:delivery_id>/redeliver")
@describe(_SENDS)
def redeliver(delivery_id: UUID) -> flask.Response:
    """Send a message once more, with the same id."""
    with services.session() as session:
        view = schemas.DeliveryView.model_validate(webhooks.redeliver(session, str(delivery_id)))
    return answering.view(view, status=202)
