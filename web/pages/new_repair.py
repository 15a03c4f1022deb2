"""A new repair: a model, data, a method; files are checked while the form is filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import flask
import werkzeug

from core import catalogue
from core.errors import ProjectError
from service import datasets, estimates, fitting, jobs, models, schemas
from service import errors as service_errors
from service.estimates import Work
from service.fitting import Given

from .. import announcing, error_pages, policies, reading, services
from . import (
    arriving,
    batch_drafts,
    drafts,
    forms,
    guard,
    library,
    recipes,
    rendering,
    repair_options,
)
from . import datasets as dataset_pages
from . import models as model_pages
from .drafts import MODEL, POISONED, ROLES, TEST, UNLABELLED, VALIDATION, Draft

blueprint = flask.Blueprint("new_repair", __name__, url_prefix="/repairs/new")

#: So many of a library can be picked from a list; the others from their own page.
_N_SHELF = 50
#: A file is brought in a field of this ending.
_FILE = ".file"
_START = "start"
#: The fields beside the parameters of the method.
_OPTIONS = (repair_options.SEED, *repair_options.REPAIR, *repair_options.WORK)
#: So much of the name of a model is in that of a job.
_MOST_OF_A_NAME = 100


@blueprint.get("")
def show() -> flask.Response:
    """The form, as far as its address fills it in."""
    return _page(Draft.of(flask.request.args))


@blueprint.post("")
@guard.checks_its_form
@policies.needs(policies.SUBMIT_JOBS)
def change() -> werkzeug.Response:
    """Start the repair; or take files in, change what is chosen, and show the form again."""
    arrived = arriving.read()
    pressed = arrived.fields
    problems = {name.removesuffix(_FILE): told for name, told in arrived.problems.items()}
    draft = _with_files(Draft.of(pressed), arrived.uploads, problems)
    draft = _read_again(_removed(draft, pressed), pressed)
    if problems:
        return _page(draft, problems=problems, status=413 if arrived.problems else 422)
    if forms.last(pressed, "act") == _START and not arrived.uploads:
        return _start(draft)
    return flask.redirect(f"{flask.url_for('pages.new_repair.show')}?{draft.query()}", 303)


@dataclass(frozen=True, kw_only=True)
class _Shelves:
    """What can be picked."""

    models: tuple[Any, ...]
    clean: tuple[Any, ...]
    poisoned: tuple[Any, ...]
    unlabelled: tuple[Any, ...]


def _start(draft: Draft) -> werkzeug.Response:
    problems: dict[str, str] = draft.problems()
    try:
        request = reading.checked(schemas.JobCreate, draft.request())
        if not problems:
            return _submit(request)
        status = 422
    except ProjectError as error:
        status = error_pages.status_of(type(error))
        if status >= 500:
            raise
        problems = {**forms.problems_of(error), **problems}
    return _page(draft, problems=problems, status=status)


def _submit(request: schemas.JobCreate) -> werkzeug.Response:
    with services.session() as session:
        job = jobs.submit(session, guard.person().user_id, _named(session, request))
        announcing.after_this_request(session, job.id)
    return flask.redirect(f"/jobs/{job.id}", 303)


def _named(session: Any, request: schemas.JobCreate) -> schemas.JobCreate:
    """Called after its model and method, as the jobs of a batch are, if nobody gave it a name."""
    if request.name:
        return request
    model = models.get(session, request.model)
    name = f"{model.name[:_MOST_OF_A_NAME]} · {request.method}"
    return request.model_copy(update={"name": name})


def _with_files(
    draft: Draft, uploads: Mapping[str, Iterable[Any]], problems: dict[str, str]
) -> Draft:
    """With the files that came; one that was declared wrongly becomes a problem of the form."""
    for name, received in uploads.items():
        field = name.removesuffix(_FILE)
        for upload in received:
            try:
                row = library.put(_library(field), upload, _declared(draft, field))
            except service_errors.InvalidRequest as error:
                problems.update(forms.problems_of(error))
            else:
                draft = draft.chosen(field, row.id)
    return draft


def _removed(draft: Draft, pressed: forms.Form) -> Draft:
    """Without what a button takes out: ``remove`` is a field and an id."""
    field, _, subject_id = forms.last(pressed, "remove").partition(" ")
    return draft.without(field, subject_id) if subject_id else draft


def _read_again(draft: Draft, pressed: forms.Form) -> Draft:
    """With what a button reads otherwise: ``again`` is a field, an id, and how to read it."""
    field, _, rest = forms.last(pressed, "again").partition(" ")
    subject_id, _, architecture = rest.partition(" ")
    if not subject_id:
        return draft
    fields = _declared(draft, field)
    if architecture:
        fields["architecture"] = architecture
    row = library.read_again(_library(field), subject_id, fields)
    return draft.without(field, subject_id).chosen(field, row.id)


def _library(field: str) -> library.Library:
    if field == MODEL:
        return model_pages.LIBRARY
    if field in ROLES:
        return dataset_pages.LIBRARY
    raise service_errors.InvalidRequest(f"there is no field {field!r}")


def _declared(draft: Draft, field: str) -> forms.Form:
    """How the files of a field are to be read."""
    if field == MODEL:
        return type(draft.form)()
    declared = {"role": ROLES[field], "people": str(draft.people)}
    if ROLES[field] == "poisoned":
        declared["labels"] = draft.text("declare.labels", "auto")
        declared["target_label"] = draft.text("declare.target_label")
    return type(draft.form)(declared)


def _page(
    draft: Draft, *, problems: Mapping[str, str] | None = None, status: int = 200
) -> flask.Response:
    found = dict(problems or {})
    with services.session(read_only=True) as session:
        given = _given(session, draft, found)
        shelves = _shelves(session)
        seconds = _seconds(session, draft, given)
        queue = draft.text("queue", "cpu")
        loads = estimates.loads(session, jobs.count_by_queue(session), [queue])
    return rendering.page(
        "new_repair.html",
        status=status,
        draft=draft,
        given=given,
        shelves=shelves,
        problems=found,
        warnings=fitting.warnings(given) if given.model or given.datasets else [],
        seconds=seconds,
        load=loads[queue],
        recipes=recipes.offered(own_method=draft.recipe.method),
        families=recipes.families(),
        chosen_method=catalogue.METHODS[draft.recipe.method],
        fields=forms.fields(draft.schema, draft.params, problems=found),
        options=forms.filled(_OPTIONS, draft.form, problems=found),
        good_net=forms.filled(repair_options.GOOD_NET, draft.form, problems=found),
        option_labels=repair_options.LABELS,
        names=drafts,
        batch=_as_a_batch(draft),
    )


def _as_a_batch(draft: Draft) -> str:
    """The form of a batch with the same model and data, to which others are added there."""
    return batch_drafts.address(
        models=[draft.text(MODEL)],
        clean_validation=draft.text(VALIDATION),
        clean_test=draft.text(TEST),
        poisoned_test=draft.poisoned,
        unlabelled=draft.text(UNLABELLED),
    )


def _given(session: Any, draft: Draft, problems: dict[str, str]) -> Given:
    """What is chosen; what is not there any more becomes a problem of its field."""

    def find(table: Any, field: str, subject_id: str) -> Any:
        try:
            return table.get(session, subject_id) if subject_id else None
        except service_errors.NotFound as error:
            problems.setdefault(field, str(error))
            return None

    poisoned = (find(datasets, POISONED, item) for item in draft.poisoned)
    return Given(
        model=find(models, MODEL, draft.text(MODEL)),
        clean_validation=find(datasets, VALIDATION, draft.text(VALIDATION)),
        clean_test=find(datasets, TEST, draft.text(TEST)),
        poisoned_test=tuple(row for row in poisoned if row is not None),
        unlabelled=find(datasets, UNLABELLED, draft.text(UNLABELLED)),
    )


def _shelves(session: Any) -> _Shelves:

    def sets(role: schemas.DatasetRole) -> Any:
        wanted = schemas.DatasetFilter(state=("ready", "checking"), role=role)
        return datasets.list_datasets(session, wanted, limit=_N_SHELF).rows

    wanted, clean = schemas.SubjectFilter(state=("ready", "checking")), sets("clean")
    return _Shelves(
        models=models.list_models(session, wanted, limit=_N_SHELF).rows,
        clean=clean,
        poisoned=sets("poisoned"),
        unlabelled=(*sets("unlabelled"), *clean),
    )


def _seconds(session: Any, draft: Draft, given: Given) -> float | None:
    """How long such a repair took lately, with as many budgets and seeds."""
    if given.model is None:
        return None
    work = Work(method=draft.recipe.method, model_id=given.model.id, n_repairs=draft.n_repairs)
    return estimates.typical_seconds(session, work)
