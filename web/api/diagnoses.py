"""Diagnoses: which classes of a model look like targets of a backdoor."""

from uuid import UUID

import flask

from service import diagnoses, models, schemas
from service import errors as service_errors

from .. import answering, policies, reading, security, services
from ..idempotency import replayable
from ..openapi import Description, SubmitHeaders, describe
from . import submitted

blueprint = flask.Blueprint("diagnoses", __name__)


@blueprint.post("/models/<uuid:model_id>/diagnose")
@describe(
    Description(
        policy=policies.SUBMIT_JOBS_OF_OWN,
        answers={200: schemas.JobView, 202: schemas.JobView},
        tag="diagnoses",
        body=schemas.ModelDiagnose,
        headers=SubmitHeaders,
    )
)
def diagnose_model(model_id: UUID) -> flask.Response:
    """Submit a job that looks for suspects; 202 means that it is kept, and will be done."""
    return submitted.when_ended(_submit(model_id=model_id))


@blueprint.get("/models/<uuid:model_id>/diagnosis")
@describe(
    Description(policy=policies.READ_OWN, answers={200: schemas.DiagnosisView}, tag="diagnoses")
)
def show_diagnosis(model_id: UUID) -> flask.Response:
    """The newest diagnosis of a model: suspects with the evidence, which is never proof."""
    with services.session(read_only=True) as session:
        found = diagnoses.newest(session, str(model_id))
    if found is None:
        raise service_errors.NotFound(
            f"model {model_id} has no diagnosis", id=str(model_id),
            hint=f"POST /api/v1/models/{model_id}/diagnose makes one",
        )  # fmt: skip
    return answering.view(found)


@replayable
def _submit(model_id: UUID) -> flask.Response:
    with services.session() as session:
        models.get(session, str(model_id))  # whom it is hidden from learns nothing from a body
        wanted, owner_id = reading.body(schemas.ModelDiagnose), security.caller().user_id
        return submitted.accepted(
            session, diagnoses.submit(session, owner_id, str(model_id), wanted)
        )
