"""Webhooks, and what was sent to them."""

import datetime
from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, StringConstraints

from .fields import Asked, Text, Told

#: What somebody can be told of.
WebhookEvent = Literal["job.completed", "batch.completed"]
_EVENTS: tuple[WebhookEvent, ...] = get_args(WebhookEvent)
Address = Annotated[Text, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class WebhookCreate(Asked):
    """Where to send what."""

    url: Address
    events: Sequence[WebhookEvent] = Field(default=_EVENTS, min_length=1, max_length=len(_EVENTS))


class WebhookView(Told):
    """A webhook, but for its secret."""

    id: str
    url: str
    events: Sequence[str]
    created_at: datetime.datetime
    #: Since when nothing is sent, because the receiver said that it is gone (410).
    disabled_at: datetime.datetime | None


class WebhookMade(WebhookView):
    """A new webhook; its secret is told here and never again."""

    #: As Standard Webhooks writes it: ``whsec_`` and base64.
    secret: str


class DeliveryView(Told):
    """A message and what became of it."""

    id: str
    event: str
    body: dict[str, Any]
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    #: HTTP status of the last answer; ``None`` where there was none.
    status: int | None
    error: str | None
    created_at: datetime.datetime
    ended_at: datetime.datetime | None
