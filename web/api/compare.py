"""Jobs beside each other."""

from collections.abc import Iterator
from typing import Annotated, Any

import flask
import pydantic
from pydantic import AfterValidator, Field

from service import comparing, schemas

from .. import answering, policies, reading, services, spreadsheets
from ..openapi import Description, describe

blueprint = flask.Blueprint("compare", __name__)


def _each_once(ids: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(ids)) < len(ids):
        raise ValueError("names a job twice")
    return ids


class CompareQuery(pydantic.BaseModel):
    """Which jobs; the first is what the others are measured against."""

    model_config = pydantic.ConfigDict(extra="forbid")

    job: Annotated[tuple[schemas.Id, ...], AfterValidator(_each_once)] = Field(
        min_length=comparing.FEWEST, max_length=comparing.MOST
    )


@blueprint.get("/compare")
@describe(
    Description(
        policy=policies.READ,
        answers={200: schemas.Comparison, 304: None},
        tag="jobs",
        query=CompareQuery,
    )
)
def compare_jobs() -> flask.Response:
    """Figures of jobs side by side, their changes from the first, and what was asked otherwise."""
    return answering.cacheable(answering.view(_comparison()))


@blueprint.get("/compare.csv")
@describe(
    Description(
        policy=policies.READ, answers={200: spreadsheets.MEDIA_TYPE}, tag="jobs", query=CompareQuery
    )
)
def compare_jobs_as_csv() -> flask.Response:
    """The same figures as a table, for spreadsheets."""
    found = _comparison()
    names = {job.id: job.name or job.id for job in found.jobs}
    runs = [f"{names[run.job_id]}, budget {run.max_accuracy_drop:g}" for run in found.runs]
    columns = [f"{run}: {part}" for run in runs for part in _FIGURE]
    return spreadsheets.answer("compare.csv", ["phase", "name", "set", *columns], _rows(found))


def _comparison() -> schemas.Comparison:
    wanted = reading.query(CompareQuery)
    with services.session(read_only=True) as session:
        return comparing.compare(session, wanted.job)


def _rows(found: schemas.Comparison) -> Iterator[list[Any]]:
    for measure in found.measures:
        figures = [getattr(item, part, None) for item in measure.figures for part in _FIGURE]
        yield [measure.phase, measure.name, measure.set_name, *figures]


_FIGURE = ("value", "n", "ci_low", "ci_high", "delta")
