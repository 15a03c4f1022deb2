"""The history of jobs: searched, sorted, selected to be compared."""

import urllib.parse

import flask
import pydantic

from service import errors as service_errors
from service import jobs, schemas
from service.paging import Rows
from service.tables import Job

from .. import reading, services
from . import rendering

blueprint = flask.Blueprint("jobs", __name__)

_PAGE_SIZE = 50
#: Fields of the form that hold one of several values, and those that hold a text.
_LISTS, _WORDS = ("state", "verdict"), ("search", "tag", "method", "kind")
SORTS = {
    "-created_at": "newest first",
    "created_at": "oldest first",
    "-finished_at": "last ended first",
    "attack_success_rate_after": "least attack success first",
    "-clean_accuracy_after": "best clean accuracy first",
}


class HistoryQuery(pydantic.BaseModel):
    """What the form above the list sends; what is empty does not matter."""

    model_config = pydantic.ConfigDict(extra="ignore")

    search: str = ""
    tag: str = ""
    state: str = ""
    verdict: str = ""
    method: str = ""
    kind: str = "repair"
    sort: schemas.JobSort = "-created_at"
    cursor: str | None = None
    trash: bool = False

    def filters(self) -> schemas.JobFilter:
        """The same as the service understands it.

        Raises:
            InvalidRequest: The search cannot be understood.
        """
        given: dict[str, object] = {"trash": self.trash}
        given |= {name: [value] for name in _LISTS if (value := getattr(self, name))}
        given |= {name: value for name in _WORDS if (value := getattr(self, name))}
        return reading.checked(schemas.JobFilter, given)


@blueprint.get("/jobs")
def show() -> flask.Response:
    """A page of the history. A search that cannot be understood is told, and nothing is lost."""
    asked = reading.checked(HistoryQuery, flask.request.args.to_dict())
    try:
        rows, names = _found(asked, asked.filters())
    except service_errors.InvalidRequest as error:
        return _page(asked, Rows(rows=(), next=None), {}, status=422, problem=_told(error))
    return _page(asked, rows, names)


def _found(asked: HistoryQuery, filters: schemas.JobFilter) -> tuple[Rows[Job], dict[str, str]]:
    with services.session(read_only=True) as session:
        rows = jobs.list_jobs(
            session, filters, sort=asked.sort, cursor=asked.cursor, limit=_PAGE_SIZE
        )
        return rows, jobs.model_names(session, [job.id for job in rows.rows])


def _page(
    asked: HistoryQuery,
    rows: Rows[Job],
    names: dict[str, str],
    *,
    status: int = 200,
    problem: str | None = None,
) -> flask.Response:
    return rendering.page(
        "jobs.html",
        status=status,
        asked=asked,
        jobs=rows.rows,
        names=names,
        problem=problem,
        sorts=SORTS,
        older=_address(asked, cursor=rows.next) if rows.next else None,
        table="/api/v1/jobs.csv?" + _query(asked, but=("cursor",)),
    )


def _told(error: service_errors.InvalidRequest) -> str:
    problems = error.details.get("errors")
    if not isinstance(problems, list):
        return str(error)
    return "; ".join(problem["detail"].removeprefix("Value error, ") for problem in problems)


def _address(asked: HistoryQuery, **changes: str) -> str:
    return "/jobs?" + _query(asked.model_copy(update=changes))


def _query(asked: HistoryQuery, *, but: tuple[str, ...] = ()) -> str:
    given = asked.model_dump(exclude_defaults=True, exclude=set(but))
    return urllib.parse.urlencode({"kind": asked.kind, **given} if asked.kind else given)
