"""Whoever asks: what they may do, and how much of what they may have is left."""

from collections.abc import Mapping

import flask
import pydantic

from service import accounts, quotas

from .. import answering, policies, security, services
from ..openapi import Description, describe

blueprint = flask.Blueprint("me", __name__)


class QuotaView(pydantic.BaseModel):
    """How much there is, and how much there may be; ``null`` is no limit."""

    used: float
    most: float | None


class RatesView(pydantic.BaseModel):
    """How often something may be asked, such as ``10/minute``; empty is no limit."""

    uploads: str
    jobs: str


class MeView(pydantic.BaseModel):
    """Who asks."""

    id: str
    name: str
    role: str
    #: What this token may do: its own scopes, as far as the role goes.
    scopes: tuple[str, ...]
    #: ``bytes``, ``files``, ``open_jobs``, and ``gpu_minutes`` of the last 30 days.
    quotas: Mapping[str, QuotaView]
    rates: RatesView


@blueprint.get("/me")
@describe(Description(policy=policies.READ, answers={200: MeView, 304: None}, tag="users"))
def show_me() -> flask.Response:
    """Who asks, what they may do, and how much is left of what they may have."""
    caller, settings = security.caller(), services.current().settings
    with services.session(read_only=True) as session:
        used = quotas.usage(session, accounts.get_user(session, caller.user_id), settings)
    view = MeView(
        id=caller.user_id,
        name=caller.name,
        role=caller.role,
        scopes=caller.scopes,
        quotas={name: QuotaView(used=item.used, most=item.most) for name, item in used.items()},
        rates=RatesView(uploads=settings.upload_rate, jobs=settings.job_rate),
    )
    return answering.cacheable(answering.view(view))
