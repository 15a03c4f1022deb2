"""Trying models on a few pictures: the answer if it comes soon, else the job that will have it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import flask

from core import errors
from service import errors as service_errors
from service import jobs, predictions, schemas

from .. import announcing, answering, forms, policies, reading, receiving, services
from ..openapi import Description, WaitHeaders, describe

blueprint = flask.Blueprint("predict", __name__)

#: Bytes of all pictures of a form together.
MAX_PICTURES_BYTES = 32 * 2**20

#: How long to wait for the answer, if nobody says how long, and at most; and between two looks.
_WAIT_S, _MAX_WAIT_S, _LOOK_S = 10.0, 30.0, 0.03

#: Makes a job in a session.
_Submit = Callable[[Any], Any]


@blueprint.post("/jobs/<uuid:job_id>/predict")
@describe(
    Description(
        policy=policies.SUBMIT_JOBS_OF_OWN,
        answers={200: schemas.PredictionView, 202: schemas.JobView},
        tag="predict",
        body=schemas.JobPredict,
        form=schemas.JobPredict,
        headers=WaitHeaders,
    )
)
def try_job(job_id: UUID) -> flask.Response:
    """Try the models of a repair: the one that came, the repaired one, and both together."""
    wanted, upload_ids = _asked(schemas.JobPredict)
    return _answered(
        lambda session: predictions.submit_for_job(
            session, receiving.owner_id(), str(job_id), wanted, upload_ids=upload_ids
        )
    )


@blueprint.post("/models/<uuid:model_id>/predict")
@describe(
    Description(
        policy=policies.SUBMIT_JOBS_OF_OWN,
        answers={200: schemas.PredictionView, 202: schemas.JobView},
        tag="predict",
        body=schemas.ModelPredict,
        form=schemas.ModelPredict,
        headers=WaitHeaders,
    )
)
def try_model(model_id: UUID) -> flask.Response:
    """Try a model as it came."""
    wanted, upload_ids = _asked(schemas.ModelPredict)
    return _answered(
        lambda session: predictions.submit_for_model(
            session, receiving.owner_id(), str(model_id), wanted, upload_ids=upload_ids
        )
    )


def _asked(schema: type[reading.Schema]) -> tuple[reading.Schema, list[str]]:
    """What is asked for, and the uploads that the pictures of a form have become."""
    if not forms.is_sent():
        return reading.body(schema), []
    form = forms.read(at_most=MAX_PICTURES_BYTES)
    pictures = receiving.files(form, at_most=schemas.MAX_PICTURES)
    return reading.form(schema, form.fields), [picture.id for picture in pictures]


def _answered(submit: _Submit) -> flask.Response:
    with services.session() as session:
        job_id = submit(session).id
        announcing.after_this_request(session, job_id)
    announcing.before_waiting()
    services.current().streams.wait(
        lambda: _look(job_id).finished_at is not None,
        at_most_s=reading.wait_s(default=_WAIT_S, at_most=_MAX_WAIT_S),
        look_s=_LOOK_S,
    )
    ended = _look(job_id)
    if ended.result is not None:
        return answering.view(schemas.PredictionView.model_validate(_told(ended)))
    if ended.error is not None:
        raise _refusal(ended)
    address = flask.url_for("api.jobs.show_job", job_id=job_id)
    return answering.view(ended, status=202, location=address, retry_after="1")


def _look(job_id: str) -> schemas.JobView:
    with services.session(read_only=True) as session:
        job = jobs.get(session, job_id)
        return schemas.JobView.of(job, position=jobs.position(session, job))


def _told(ended: schemas.JobView) -> dict[str, Any]:
    return {**(ended.result or {}), "job_id": ended.id}


def _refusal(ended: schemas.JobView) -> errors.ProjectError:
    """What is wrong with the pictures, as if the request had been refused; or why nobody knows."""
    error = errors.from_json(ended.error or {})
    if isinstance(error, errors.InvalidInput):
        return error
    return service_errors.TryFailed(
        f"the models could not be tried: {error}", code=error.code, job_id=ended.id
    )
