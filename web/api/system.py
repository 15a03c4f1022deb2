"""Whether the service is well, what it counts, and what its API is."""

from collections.abc import Callable
from typing import Literal

import flask
import pydantic

from core import errors
from service import db, queue, storage
from service import errors as service_errors

from .. import answering, error_pages, metrics, openapi, policies, problems, services
from ..openapi import Description, describe
from ..services import Services

blueprint = flask.Blueprint("system", __name__)


class Health(pydantic.BaseModel):
    """How the service is."""

    status: Literal["ok", "unavailable"]
    #: Part to ``ok``, or to the code of what is wrong with it.
    checks: dict[str, str] = {}


class ProblemKind(pydantic.BaseModel):
    """What the ``type`` of a problem leads to."""

    code: str
    status: int
    title: str
    #: What to do about it.
    mend: str


@blueprint.get("/healthz")
@describe(Description(policy=policies.PUBLIC, answers={200: Health}, tag="system"))
def show_health() -> flask.Response:
    """Whether this process answers; asks nothing of anybody else."""
    return answering.view(Health(status="ok"))


@blueprint.get("/readyz")
@describe(Description(policy=policies.PUBLIC, answers={200: Health, 503: Health}, tag="system"))
def show_readiness() -> flask.Response:
    """Whether database, broker and storage can be used."""
    held = services.current()
    checks = {
        "database": _outcome(lambda: _check_database(held)),
        "broker": _outcome(lambda: queue.check(held.queue)),
        "storage": _outcome(lambda: _check_storage(held)),
    }
    if set(checks.values()) == {"ok"}:
        return answering.view(Health(status="ok", checks=checks))
    unwell = Health(status="unavailable", checks=checks)
    return answering.view(unwell, status=503, retry_after="2")


@blueprint.get("/metrics")
@describe(Description(policy=policies.PUBLIC, answers={200: "text/plain"}, tag="system"))
def show_metrics() -> flask.Response:
    """Counts and times of this process, for Prometheus."""
    return flask.Response(metrics.text(), content_type=metrics.CONTENT_TYPE)


@blueprint.get("/api/v1/openapi.json")
@describe(Description(policy=policies.PUBLIC, answers={200: "application/json"}, tag="system"))
def show_api() -> flask.Response:
    """This document."""
    document = openapi.document(flask.current_app)
    return answering.cacheable(flask.jsonify(document))


@blueprint.get("/problems/<code>")
@describe(Description(policy=policies.PUBLIC, answers={200: ProblemKind}, tag="system"))
def show_problem(code: str) -> flask.Response:
    """What a kind of problem is; the ``type`` of every problem leads here."""
    kind = error_pages.kinds().get(code)
    if kind is None:
        raise service_errors.NotFound(f"there is no problem {code!r}")
    status, title = error_pages.status_of(kind), error_pages.title_of(kind)
    told = ProblemKind(code=code, status=status, title=title, mend=problems.mend_of(kind))
    if error_pages.is_for_people():
        return flask.Response(flask.render_template("pages/problem_kind.html", kind=told))
    return answering.view(told)


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except errors.ProjectError as error:
        return error.code
    return "ok"


def _check_database(held: Services) -> None:
    if not db.is_current(held.engine):
        raise service_errors.DatabaseUnavailable("the tables are not of this version")


def _check_storage(held: Services) -> None:
    if storage.free_bytes(held.settings.state_folder) < held.settings.min_free_bytes:
        raise service_errors.InsufficientStorage("less room is left than there has to be")
    held.storage.check()
