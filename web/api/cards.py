"""Repair cards, bundles and curves: what a job came to, for people and for programs."""

import csv
import io
from collections.abc import Callable
from uuid import UUID

import flask
import pydantic
from pydantic import Field

from service import archives, cards, jobs, reports, schemas
from service.audit import Thing
from service.cards import Card
from service.reports import SeriesName

from .. import answering, auditing, policies, reading, services
from ..openapi import Description, describe

blueprint = flask.Blueprint("cards", __name__)

_JSON, _MARKDOWN, _HTML = "application/json", "text/markdown", "text/html"
_ZIP, _CSV = "application/zip", "text/csv"

#: A card is core's own page, with styles and pictures in it; it may do nothing at all.
_PAGE_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)


class CardQuery(pydantic.BaseModel):
    """Which of several reports."""

    model_config = pydantic.ConfigDict(extra="forbid")

    budget: schemas.Share | None = Field(
        default=None, description="Accuracy budget of the report; the best one if not given."
    )


class SeriesQuery(CardQuery):
    """Which curve of which report."""

    name: SeriesName = "prune_curve"


#: Of a card that programs read, or people who ask for another form of it.
_CARD = Description(
    policy=policies.READ_OWN,
    answers={200: schemas.CardView, 304: None},
    tag="cards",
    query=CardQuery,
)


@blueprint.get("/jobs/<uuid:job_id>/card")
@describe(_CARD)
def show_card(job_id: UUID) -> flask.Response:
    """The repair card, as JSON, Markdown or HTML: what ``Accept`` asks for."""
    kind = reading.accepted(_JSON, _MARKDOWN, _HTML)
    response = _SHOWN[kind](_card(job_id))
    response.headers["Vary"] = "Accept"
    return response


@blueprint.get("/jobs/<uuid:job_id>/card.json")
@describe(_CARD)
def show_card_json(job_id: UUID) -> flask.Response:
    """The repair card for programs."""
    return _as_json(_card(job_id))


@blueprint.get("/jobs/<uuid:job_id>/card.md")
@describe(
    Description(
        policy=policies.READ_OWN, answers={200: _MARKDOWN, 304: None}, tag="cards", query=CardQuery
    )
)
def show_card_markdown(job_id: UUID) -> flask.Response:
    """The repair card for tickets."""
    return _as_markdown(_card(job_id))


@blueprint.get("/jobs/<uuid:job_id>/card.html")
@describe(
    Description(
        policy=policies.READ_OWN, answers={200: _HTML, 304: None}, tag="cards", query=CardQuery
    )
)
def show_card_html(job_id: UUID) -> flask.Response:
    """The repair card as a page, with its figures in it."""
    return _as_html(_card(job_id))


@blueprint.get("/jobs/<uuid:job_id>/bundle.zip")
@describe(
    Description(
        policy=policies.READ_OWN, answers={200: _ZIP, 304: None}, tag="cards", query=CardQuery
    )
)
def download_bundle(job_id: UUID) -> flask.Response:
    """All files of a job, its card, and a manifest of hashes; the same bytes each time."""
    entries = cards.bundle(_card(job_id), services.current().storage)
    response = flask.Response(archives.stream(entries), mimetype=_ZIP)
    response.headers.set("Content-Disposition", "attachment", filename=f"netmend-{job_id}.zip")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(cards.fingerprint(entries))
    response.make_conditional(flask.request)
    return auditing.delivered(response, Thing("job", str(job_id)))


@blueprint.get("/jobs/<uuid:job_id>/series")
@describe(
    Description(
        policy=policies.READ_OWN,
        answers={200: schemas.SeriesView, 304: None},
        tag="cards",
        query=SeriesQuery,
    )
)
def show_series(job_id: UUID) -> flask.Response:
    """The points of a curve: of pruning, or of training."""
    return answering.cacheable(answering.view(_series(job_id)))


@blueprint.get("/jobs/<uuid:job_id>/series.csv")
@describe(
    Description(
        policy=policies.READ_OWN, answers={200: _CSV, 304: None}, tag="cards", query=SeriesQuery
    )
)
def show_series_csv(job_id: UUID) -> flask.Response:
    """The points of a curve, one a line."""
    found, written = _series(job_id), io.StringIO()
    table = csv.DictWriter(written, found.columns)
    table.writeheader()
    table.writerows(found.points)
    return _content(written.getvalue().encode(), _CSV)


def _card(job_id: UUID) -> Card:
    budget = reading.query(CardQuery).budget
    with services.session(read_only=True) as session:
        return cards.gather(session, str(job_id), budget=budget)


def _series(job_id: UUID) -> schemas.SeriesView:
    wanted = reading.query(SeriesQuery)
    with services.session(read_only=True) as session:
        chosen = reports.choose(jobs.get(session, str(job_id)), budget=wanted.budget)
    return reports.series(chosen, wanted.name)


def _as_json(card: Card) -> flask.Response:
    return _content(cards.as_json(card), _JSON)


def _as_markdown(card: Card) -> flask.Response:
    return _content(cards.as_markdown(card, services.current().storage), _MARKDOWN)


def _as_html(card: Card) -> flask.Response:
    response = _content(cards.as_html(card, services.current().storage), _HTML)
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
    return response


def _content(content: bytes, kind: str) -> flask.Response:
    return answering.cacheable(flask.Response(content, mimetype=kind))


_SHOWN: dict[str, Callable[[Card], flask.Response]] = {
    _JSON: _as_json,
    _MARKDOWN: _as_markdown,
    _HTML: _as_html,
}
