"""Diagnoses of models: which classes look like targets of a backdoor; each is a job of its own."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import jobs, subjects, visibility
from .schemas import PRIORITIES, DiagnosisView, ModelDiagnose
from .tables import Dataset, Job, JobInput, Model

#: The name of such a job without one begins with so much of the name of its model.
_MOST_OF_A_NAME = 100


def submit(session: Session, owner_id: str, model_id: str, request: ModelDiagnose) -> Job:
    """A new job that diagnoses a model, waiting.

    Raises:
        NotFound: The model or the data set is not there.
        Conflict: One is not ready, or the images are not declared clean.
    """
    model = subjects.get_ready(session, Model, model_id)
    images = subjects.get_ready(session, Dataset, request.clean_validation, roles=("clean",))
    name = request.name or f"{model.name[:_MOST_OF_A_NAME]} · diagnosis"
    job = Job(
        kind="diagnose",
        queue=request.queue,
        owner_id=owner_id,
        name=name,
        tags=list(request.tags),
        notes=request.notes,
        request={**request.model_dump(mode="json"), "name": name, "model": model.id},
        priority=PRIORITIES[request.priority],
    )
    needed = [
        JobInput(role="model", position=0, model_id=model.id),
        JobInput(role="clean_validation", position=0, dataset_id=images.id),
    ]
    return jobs.add(session, job, needed)


def newest(session: Session, model_id: str) -> DiagnosisView | None:
    """The newest diagnosis of a model that can be seen; ``None`` if there is none.

    Raises:
        NotFound: There is no such model.
    """
    subjects.get(session, Model, model_id)
    query = (
        sa.select(Job)
        .join(JobInput, JobInput.job_id == Job.id)
        .where(JobInput.model_id == model_id, Job.kind == "diagnose", Job.state == "succeeded")
        .where(Job.deleted_at.is_(None), visibility.condition(session, Job))
        .order_by(Job.id.desc())
        .limit(1)
    )
    job = session.scalar(query)
    if job is None or job.result is None:
        return None
    return DiagnosisView(
        job_id=job.id, model_id=model_id, finished_at=job.finished_at, diagnosis=job.result
    )
