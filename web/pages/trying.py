"""Trying the models of a repair: a picture in, what each of them says out."""

import re
import types
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO
from uuid import UUID

import flask
import werkzeug

from core.errors import ProjectError
from service import errors as service_errors
from service import jobs, predictions, reports, schemas
from service.reports import ChosenReport
from service.tables import FINAL, Job

from .. import announcing, answering, error_pages, policies, reading, services
from . import arriving, forms, guard, rendering
from .arriving import Arrived

blueprint = flask.Blueprint("trying", __name__, url_prefix="/jobs/<uuid:job_id>/try")

#: Bytes of all pictures of a form together, and so long at most they are waited for.
_MAX_BYTES = 32 * 2**20
_WAIT_S = 8.0
#: Data sets of a repair that have pictures to try, as people call them.
_SETS: Mapping[str, str] = types.MappingProxyType(
    {"poisoned_test": "poisoned test", "clean_test": "clean test", "clean_validation": "validation"}
)
#: How the files of pictures begin that a page may show, and what they are.
_PICTURES: Mapping[bytes, str] = types.MappingProxyType(
    {b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"BM": "image/bmp"}
)


@blueprint.get("")
def show(job_id: UUID) -> flask.Response:
    """The form; with ``asked``, also what the models said."""
    return _page(str(job_id))


@blueprint.post("")
@guard.checks_its_form
@policies.needs(policies.SUBMIT_JOBS)
def ask(job_id: UUID) -> werkzeug.Response:
    """Have the models look at the pictures, and lead to their answers."""
    arrived = arriving.read(at_most=_MAX_BYTES)
    try:
        asked = _submit(str(job_id), arrived)
    except (service_errors.InvalidRequest, service_errors.Conflict) as error:
        return _page(str(job_id), form=arrived.fields, error=error)
    budget = forms.last(arrived.fields, "budget") or None
    return flask.redirect(
        flask.url_for("pages.trying.show", job_id=job_id, asked=asked, budget=budget), 303
    )


@blueprint.get("/pictures/<uuid:asked>/<int:number>")
def show_picture(job_id: UUID, asked: UUID, number: int) -> flask.Response:
    """A picture that was sent, for the page that tells what the models said of it."""
    with services.session(read_only=True) as session:
        files = _answers(session, str(job_id), str(asked)).request["pictures"].get("files", [])
    if number >= len(files):
        raise service_errors.NotFound(f"{len(files)} pictures were sent, counted from 0")
    stream = services.current().storage.open(files[number]["sha256"])
    content = _content(stream)
    kind = next((kind for start, kind in _PICTURES.items() if content.startswith(start)), None)
    if kind is None:
        raise service_errors.NotFound("it is no picture that a browser shows")
    return answering.cacheable(flask.Response(content, mimetype=kind))


def _submit(job_id: str, arrived: Arrived) -> str:
    """Id of a job that asks the models; it may have ended."""
    files = arrived.uploads.get("file", ())
    with services.session() as session:
        chosen = _chosen(jobs.get(session, job_id), forms.last(arrived.fields, "budget"))
        wanted = reading.checked(schemas.JobPredict, _wanted(arrived, chosen, bool(files)))
        job = predictions.submit_for_job(
            session, guard.person().user_id, job_id, wanted,
            upload_ids=[upload.id for upload in files],
        )  # fmt: skip
        asked = str(job.id)
        announcing.after_this_request(session, asked)
    announcing.before_waiting()
    services.current().streams.wait(lambda: _is_over(asked), at_most_s=_WAIT_S)
    return asked


def _wanted(arrived: Arrived, chosen: ChosenReport, has_files: bool) -> dict[str, Any]:  # noqa: FBT001
    """What a form asks for; a picture that was sent goes before those of a data set."""
    told: dict[str, Any] = {"budget": chosen.budget}
    if arrived.problems:
        problem = next(iter(arrived.problems.values()))
        raise service_errors.InvalidRequest(
            problem, errors=[{"pointer": "#/file", "detail": problem}]
        )
    if not has_files and forms.last(arrived.fields, "dataset"):
        told["dataset"] = forms.last(arrived.fields, "dataset")
        told["indices"] = re.split(r"[\s,;]+", forms.last(arrived.fields, "indices").strip())
    elif not has_files:
        raise service_errors.InvalidRequest(
            "choose a picture first",
            errors=[{"pointer": "#/file", "detail": "choose a picture first"}],
        )
    return told


def _is_over(asked: str) -> bool:
    with services.session(read_only=True) as session:
        return jobs.get(session, asked).state in FINAL


def _page(
    job_id: str, *, form: forms.Form | None = None, error: ProjectError | None = None
) -> flask.Response:
    sent = forms.Form() if form is None else form
    asked = flask.request.args.get("asked")
    with services.session(read_only=True) as session:
        job = jobs.get(session, job_id)
        folder = flask.request.args.get("budget") or forms.last(sent, "budget")
        chosen = _chosen(job, folder)
        sets = [item for item in jobs.named_inputs_of(session, job_id) if item.role in _SETS]
        answers = _answers(session, job_id, asked) if asked and not error else None
        told = None if answers is None or not answers.result else _told(answers)
    return rendering.page(
        "try.html",
        status=error_pages.status_of(type(error)) if error else 200,
        job=job,
        chosen=chosen,
        folder=folder,
        sets=sets,
        roles=_SETS,
        form=sent,
        problems=forms.problems_of(error) if error else {},
        asked=answers,
        answers=told,
        pictures=_shown(answers),
    )


def _chosen(job: Job, folder: str) -> ChosenReport:
    """The repair that a folder of the results names; the best one if it names none."""
    found = (job.reports or {}).get(folder)
    return ChosenReport(folder=folder, report=found) if found else reports.choose(job)


def _answers(session: Any, job_id: str, asked: str) -> Job:
    """The job that asked the models of this one.

    Raises:
        NotFound: It is another kind of job, or asked other models.
    """
    found = jobs.get(session, asked)
    if found.kind != "predict" or found.request["about"].get("job_id") != job_id:
        raise service_errors.NotFound(f"job {asked} did not try the models of job {job_id}")
    return found


def _told(answers: Job) -> schemas.PredictionView:
    return schemas.PredictionView.model_validate({**(answers.result or {}), "job_id": answers.id})


def _shown(answers: Job | None) -> Sequence[int]:
    """Numbers of the pictures that were sent as files."""
    files = answers.request["pictures"].get("files", []) if answers else []
    return range(len(files))


def _content(stream: BinaryIO) -> bytes:
    with stream:
        return stream.read()
