"""The library of models."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask
import werkzeug

from service import datasets, diagnoses, estimates, jobs, models, schemas
from service import errors as service_errors

from .. import announcing, error_pages, policies, reading, services
from . import forms, guard, library, suspects
from .library import Library, LibraryQuery

#: So many of the latest diagnoses are listed, and so many clean sets offered for another one.
_N_DIAGNOSES, _N_SHELF = 3, 50

blueprint = flask.Blueprint("models", __name__, url_prefix="/models")


def _rows(session: Any, wanted: LibraryQuery) -> Any:
    asked = schemas.SubjectFilter(
        q=wanted.q, tag=wanted.tag, state=(wanted.state,) if wanted.state else ()
    )
    return models.list_models(session, asked, cursor=wanted.cursor, limit=wanted.limit)


def _more(session: Any, model: Any) -> Mapping[str, Any]:
    """What the newest diagnosis found, and what another one can be made with."""
    diagnoses_of = schemas.JobFilter(kind="diagnose", model=model.id)
    clean = schemas.DatasetFilter(state=("ready",), role="clean")
    newest = diagnoses.newest(session, model.id)
    return {
        "newest": newest,
        "headline": suspects.headline(newest.diagnosis) if newest else "",
        "diagnosing": jobs.list_jobs(session, diagnoses_of, limit=_N_DIAGNOSES).rows,
        "clean_sets": datasets.list_datasets(session, clean, limit=_N_SHELF).rows,
        "diagnosis_seconds": estimates.typical_diagnosis_seconds(session, model.id),
    }


LIBRARY = Library(
    kind="model",
    noun="model",
    address="/models",
    service=models,
    create=schemas.ModelCreate,
    rows=_rows,
    more=_more,
)


@blueprint.get("")
def show_list() -> flask.Response:
    """All models."""
    return library.show_list(LIBRARY)


@blueprint.post("")
@guard.checks_its_form
def add() -> werkzeug.Response:
    """Bring a model."""
    return library.add(LIBRARY)


@blueprint.get("/<uuid:model_id>")
def show(model_id: UUID) -> flask.Response:
    """One model."""
    return library.show(LIBRARY, str(model_id))


@blueprint.post("/<uuid:model_id>")
def edit(model_id: UUID) -> werkzeug.Response:
    """Change what people call a model and say about it."""
    return library.edit(LIBRARY, str(model_id))


@blueprint.post("/<uuid:model_id>/again")
def read_again(model_id: UUID) -> werkzeug.Response:
    """Read a file of weights as an architecture that comes with netmend."""
    return library.show_again(LIBRARY, str(model_id))


@blueprint.post("/<uuid:model_id>/diagnose")
@policies.needs(policies.SUBMIT_JOBS)
def diagnose(model_id: UUID) -> werkzeug.Response:
    """Submit a job that looks for suspects, and lead to it."""
    form = flask.request.form
    asked = {name: form.get(name, "") for name in ("clean_validation", "preprocessing")}
    try:
        wanted = reading.checked(schemas.ModelDiagnose, asked)
        with services.session() as session:
            job = diagnoses.submit(session, guard.person().user_id, str(model_id), wanted)
            announcing.after_this_request(session, job.id)
    except (service_errors.InvalidRequest, service_errors.Conflict) as error:
        status = error_pages.status_of(type(error))
        problem = next(iter(forms.problems_of(error).values()))
        return library.show(LIBRARY, str(model_id), status=status, not_diagnosed=problem)
    return flask.redirect(f"/jobs/{job.id}", 303)


@blueprint.post("/<uuid:model_id>/delete")
def delete(model_id: UUID) -> werkzeug.Response:
    """Forget a model."""
    return library.delete(LIBRARY, str(model_id))
