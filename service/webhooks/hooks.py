"""The addresses that are told."""

import base64
import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .. import audit, errors, visibility
from ..audit import Thing
from ..schemas import WebhookCreate
from ..settings import Settings
from ..tables import Delivery, Webhook
from . import addresses, outbox

#: So many may somebody have.
_MAX = 20
_SECRET_BYTES = 32


def add(session: Session, owner_id: str, wanted: WebhookCreate, settings: Settings) -> Webhook:
    """A new webhook, with a secret of its own.

    Raises:
        WebhookRefused: Nothing may be sent to this address.
        Conflict: This person has as many as there may be.
    """
    addresses.check(wanted.url, settings)
    owned = sa.select(sa.func.count()).where(Webhook.owner_id == owner_id)
    if (session.scalar(owned.select_from(Webhook)) or 0) >= _MAX:
        raise errors.Conflict(f"there are {_MAX} webhooks, which is as many as there may be")
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    hook = Webhook(owner_id=owner_id, url=wanted.url, secret=secret, events=list(wanted.events))
    session.add(hook)
    session.flush()
    session.refresh(hook)
    audit.record(session, "webhook.add", Thing("webhook", hook.id))
    return hook


def get(session: Session, webhook_id: str) -> Webhook:
    """The webhook as it is now.

    Raises:
        NotFound: There is no such webhook.
    """
    return visibility.find(session, Webhook, webhook_id, noun="webhook")


def list_webhooks(session: Session) -> Sequence[Webhook]:
    """All that are in sight, newest first."""
    seen = visibility.condition(session, Webhook)
    return session.scalars(sa.select(Webhook).where(seen).order_by(Webhook.id.desc())).all()


def ping(session: Session, webhook_id: str) -> Delivery:
    """Send something, to see whether it arrives; a webhook that was gone is tried again.

    Raises:
        NotFound: There is no such webhook.
    """
    hook = get(session, webhook_id)
    hook.disabled_at = None
    return outbox.write(session, hook.id, "ping", {"webhook_id": hook.id})


def remove(session: Session, webhook_id: str) -> None:
    """Forget a webhook and all that was sent to it.

    Raises:
        NotFound: There is no such webhook.
    """
    session.delete(get(session, webhook_id))
    session.flush()
    audit.record(session, "webhook.remove", Thing("webhook", webhook_id))
