"""A new batch: several models, data, methods, budgets and seeds, looked at before it is started."""

import collections
import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flask

from core import catalogue
from core.errors import ProjectError
from service import batches, datasets, fitting, models, schemas
from service import errors as service_errors

from .. import announcing, error_pages, policies, reading, services
from . import batch_drafts, forms, guard, recipes, rendering, repair_options
from .batch_drafts import BatchDraft, Setup

blueprint = flask.Blueprint("new_batch", __name__, url_prefix="/batches/new")

#: So many of a library can be picked from a list; others are chosen by an address.
_N_SHELF = 50
_MAX_SETUPS = 20
#: The fields that all jobs of a batch share.
_OPTIONS = (*repair_options.REPAIR, *repair_options.WORK)


@dataclass(frozen=True, kw_only=True)
class PreviewRow:
    """A model with its data, and the job that each column would be."""

    model: str
    data: str
    cells: Sequence[schemas.PlannedJob]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would be made, as a matrix."""

    plan: schemas.Plan
    columns: Sequence[str]
    rows: Sequence[PreviewRow]
    #: Warning to the number of jobs that it is about, those that foretell failure first.
    warnings: Mapping[str, int]
    n_failing: int


@dataclass(frozen=True, kw_only=True)
class _Shelves:
    """What can be picked; what is chosen is among it."""

    models: Sequence[Any]
    clean: Sequence[Any]
    poisoned: Sequence[Any]
    unlabelled: Sequence[Any]


@blueprint.get("")
def show() -> flask.Response:
    """The form, as far as its address fills it in; with ``preview``, also what it would make."""
    draft = BatchDraft.of(flask.request.args)
    return _tried(draft, _look) if "preview" in flask.request.args else _page(draft)


@blueprint.post("")
@policies.needs(policies.SUBMIT_JOBS)
def change() -> flask.Response:
    """Start the batch, show what it would be, or change how many data set-ups the form has."""
    draft = BatchDraft(flask.request.form)
    if draft.text("act") == "start":
        return _tried(draft, _start)
    if draft.text("act") == "preview":
        return _tried(draft, _look)
    return _page(_with_as_many_setups(draft))


def _tried(
    draft: BatchDraft, do: Callable[[BatchDraft, schemas.BatchCreate], flask.Response]
) -> flask.Response:
    """Do something with the batch; if it is refused, show the form with the reasons."""
    problems = draft.problems()
    try:
        wanted = reading.checked(schemas.BatchCreate, draft.request())
        if not problems:
            return do(draft, wanted)
        status = 422
    except ProjectError as error:
        status = error_pages.status_of(type(error))
        if status >= 500:
            raise
        problems = {**draft.problems_of(error), **problems}
    return _page(draft, problems=problems, status=status)


def _look(draft: BatchDraft, wanted: schemas.BatchCreate) -> flask.Response:
    with services.session(read_only=True) as session:
        plan = batches.plan(session, wanted, max_jobs=_max_jobs())
    return _page(draft, plan=plan)


def _start(_: BatchDraft, wanted: schemas.BatchCreate) -> flask.Response:
    with services.session() as session:
        batch = batches.submit(session, guard.person().user_id, wanted, max_jobs=_max_jobs())
        announcing.after_this_request(session, batches.jobs_of(session, batch.id)[0].id)
        address = flask.url_for("pages.batches.show", batch_id=batch.id)
    return flask.Response(status=303, headers={"Location": address})


def _with_as_many_setups(draft: BatchDraft) -> BatchDraft:
    """With an empty set-up more, or without the one whose button was pressed."""
    setups = [item for item in draft.setups if item.field() != draft.text("remove")]
    if draft.text("act") == "add" and len(setups) < _MAX_SETUPS:
        setups.append(Setup(number=0))
    numbered = (dataclasses.replace(item, number=place) for place, item in enumerate(setups))
    return draft.with_setups(tuple(numbered))


def _page(
    draft: BatchDraft,
    *,
    plan: schemas.Plan | None = None,
    problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> flask.Response:
    found = dict(problems or {})
    with services.session(read_only=True) as session:
        shelves = _shelves(session, draft)
    return rendering.page(
        "new_batch.html",
        status=status,
        draft=draft,
        names=batch_drafts,
        shelves=shelves,
        problems=found,
        families=recipes.families(),
        params={name: draft.fields(name, found) for name in catalogue.METHODS},
        options=forms.filled(_OPTIONS, draft.form, problems=found),
        good_net=forms.filled(repair_options.GOOD_NET, draft.form, problems=found),
        option_labels=repair_options.LABELS,
        preview=None if plan is None else _preview(plan, shelves),
        max_jobs=_max_jobs(),
        can_add=len(draft.setups) < _MAX_SETUPS,
        fails=fitting.foretells_failure,
        would_fail=_would_fail,
    )


def _shelves(session: Any, draft: BatchDraft) -> _Shelves:
    def sets(role: schemas.DatasetRole) -> Sequence[Any]:
        wanted = schemas.DatasetFilter(state=("ready", "checking"), role=role)
        found = datasets.list_datasets(session, wanted, limit=_N_SHELF).rows
        chosen = _chosen(session, datasets, draft.dataset_ids - {row.id for row in found})
        return [*found, *(row for row in chosen if row.options["role"] == role)]

    wanted = schemas.SubjectFilter(state=("ready", "checking"))
    found = models.list_models(session, wanted, limit=_N_SHELF).rows
    others, clean = set(draft.models) - {row.id for row in found}, sets("clean")
    return _Shelves(
        models=[*found, *_chosen(session, models, others)],
        clean=clean,
        poisoned=sets("poisoned"),
        unlabelled=[*sets("unlabelled"), *clean],
    )


def _chosen(session: Any, library: Any, ids: Iterable[str]) -> list[Any]:
    """What is chosen beside what the list shows; what is not there any more is left out."""
    found = []
    for subject_id in sorted(ids):
        try:
            found.append(library.get(session, subject_id))
        except service_errors.NotFound:
            continue  # the service says so, when it is asked for the batch
    return found


def _preview(plan: schemas.Plan, shelves: _Shelves) -> Preview:
    shown = (*shelves.models, *shelves.poisoned, *shelves.unlabelled)
    names = {row.id: row.name for row in shown}
    rows: dict[tuple[str, str], list[schemas.PlannedJob]] = {}
    for job in plan.jobs:
        rows.setdefault((job.request["model"], str(job.request["data"])), []).append(job)
    return Preview(
        plan=plan,
        columns=list(dict.fromkeys(_column(job.request) for job in plan.jobs)),
        rows=[_row(cells, names) for cells in rows.values()],
        warnings=_counted(plan.jobs),
        n_failing=sum(map(_would_fail, plan.jobs)),
    )


def _would_fail(job: schemas.PlannedJob) -> bool:
    return any(map(fitting.foretells_failure, job.warnings))


def _row(cells: Sequence[schemas.PlannedJob], names: Mapping[str, str]) -> PreviewRow:
    """Told with all sets of the data, because two set-ups may differ in any of them."""
    request = cells[0].request
    data = request["data"]
    ids = [
        data["clean_validation"], data["unlabelled"], data["clean_test"], *data["poisoned_test"],
    ]  # fmt: skip
    return PreviewRow(
        model=names.get(request["model"], request["model"]),
        data=" + ".join(names.get(item, item) for item in ids if item),
        cells=cells,
    )


def _counted(jobs: Sequence[schemas.PlannedJob]) -> dict[str, int]:
    """Warning to the number of jobs that it is about, those that foretell failure first."""
    counts = collections.Counter(warning for job in jobs for warning in dict.fromkeys(job.warnings))
    order = sorted(counts, key=lambda warning: not fitting.foretells_failure(warning))
    return {warning: counts[warning] for warning in order}


def _column(request: Mapping[str, Any]) -> str:
    budget = 100 * request["max_accuracy_drops"][0]
    return f"{request['method']} · budget {budget:g} % · seed {request['seed']}"


def _max_jobs() -> int:
    return services.current().settings.max_batch_jobs
