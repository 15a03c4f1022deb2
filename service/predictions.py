"""Trying models on pictures: a job of its own kind, short, in the quick queue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import artifacts, errors, jobs, models, reports, subjects, uploads
from .reports import ChosenReport
from .schemas import MAX_PICTURES, JobPredict, ModelPredict
from .tables import Dataset, Job, JobInput, Model


def submit_for_job(
    session: Session,
    owner_id: str,
    job_id: str,
    request: JobPredict,
    *,
    upload_ids: Sequence[str] = (),
) -> Job:
    """A new job that tries the models of a repair.

    Args:
        session: Commit it soon.
        owner_id: Whose the new job is.
        job_id: The repair.
        request: The pictures, if they are none of the uploads, and what to tell.
        upload_ids: Complete uploads, a picture each.

    Raises:
        NotFound: The repair, its report, an upload or the data set is not there.
        JobNotFinished: The repair has not ended.
        Conflict: It is no repair, or an upload or the data set is not ready.
        InvalidRequest: No pictures are named, or too many, or some that the data set lacks.
    """
    job = jobs.get(session, job_id)
    chosen = reports.choose(job, budget=request.budget)
    model = _model_of(session, job)
    subject = _Subject(
        owner_id=owner_id,
        about={"job_id": job.id, "budget": chosen.budget},
        name=job.name,
        model=model,
        models=_models_of(session, job, chosen, model),
        preprocessing=chosen.report["preprocessing"]["name"],
    )
    return _submit(session, subject, request, upload_ids)


def submit_for_model(
    session: Session,
    owner_id: str,
    model_id: str,
    request: ModelPredict,
    *,
    upload_ids: Sequence[str] = (),
) -> Job:
    """A new job that tries a model as it came; otherwise as `submit_for_job`.

    Raises:
        InvalidRequest: Besides, nobody knows how the inputs of the model are scaled.
    """
    model = subjects.get_ready(session, Model, model_id)
    subject = _Subject(
        owner_id=owner_id,
        about={"model_id": model.id},
        name=model.name,
        model=model,
        models={"before": {"canonical_sha256": model.canonical_sha256}},
        preprocessing=request.preprocessing or _last_preprocessing(session, model.id),
    )
    return _submit(session, subject, request, upload_ids)


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """The models that a job tries, and for whom."""

    owner_id: str
    #: What they are of: ``job_id`` and ``budget``, or ``model_id``.
    about: Mapping[str, Any]
    name: str
    #: The model as it came, which stays as long as the job needs it.
    model: Model | None
    #: Role to where the model lies.
    models: Mapping[str, Any]
    preprocessing: str


def _submit(
    session: Session,
    subject: _Subject,
    request: JobPredict | ModelPredict,
    upload_ids: Sequence[str],
) -> Job:
    given = [*upload_ids, *([request.upload_id] if request.upload_id else [])]
    pictures, dataset = _pictures(session, subject.owner_id, given, request)
    model, inputs = subject.model, []
    job = Job(
        kind="predict",
        queue="quick",
        owner_id=subject.owner_id,
        name=subject.name,
        request={
            "about": subject.about,
            "models": subject.models,
            # where the model was deleted, what a job made of it says the same
            "input_shape": (model.facts or {}).get("input_shape") if model else None,
            "preprocessing": subject.preprocessing,
            "pictures": pictures,
            "top": request.top,
        },
    )
    if model:
        inputs.append(JobInput(role="model", position=0, model_id=model.id))
    if dataset:
        inputs.append(JobInput(role="pictures", position=0, dataset_id=dataset.id))
    return jobs.add(session, job, inputs)


def _pictures(
    session: Session, owner_id: str, given: Sequence[str], request: JobPredict | ModelPredict
) -> tuple[dict[str, Any], Dataset | None]:
    """The pictures as a job names them, and the data set that they are of."""
    if bool(given) == bool(request.dataset):
        raise errors.InvalidRequest(
            "name the pictures in one way: files in a form, upload_id, or dataset and indices",
            errors=[{"pointer": "#", "detail": "one of file, upload_id, dataset is needed"}],
        )
    if len(given) > MAX_PICTURES:
        raise errors.InvalidRequest(
            f"{len(given)} pictures were sent; {MAX_PICTURES} can be tried at a time",
            errors=[{"pointer": "#/file", "detail": f"at most {MAX_PICTURES}"}],
        )
    if request.dataset is None:
        return {"files": [_file(session, owner_id, item) for item in given]}, None
    dataset = subjects.get_ready(session, Dataset, request.dataset)
    _check_indices(dataset, request.indices)
    found = {
        "name": dataset.name,
        "canonical_sha256": dataset.canonical_sha256,
        "indices": list(request.indices),
    }
    return found, dataset


def _file(session: Session, owner_id: str, upload_id: str) -> dict[str, Any]:
    upload = uploads.get(session, upload_id, owner_id=owner_id)
    if upload.state != "complete":
        raise errors.UploadIncomplete(f"upload {upload.id} is not complete", id=upload.id)
    return {"name": upload.file_name, "sha256": upload.sha256}


def _check_indices(dataset: Dataset, indices: Sequence[int]) -> None:
    n_images = int((dataset.facts or {}).get("n", 0))
    wrong = [
        {"pointer": f"#/indices/{place}", "detail": f"there are {n_images} images, from 0"}
        for place, index in enumerate(indices)
        if index >= n_images
    ]
    if wrong:
        raise errors.InvalidRequest(
            f"{dataset.name!r} has {n_images} images, counted from 0", errors=wrong
        )


def _model_of(session: Session, job: Job) -> Model | None:
    """The model that a job repaired; ``None`` if it was deleted since."""
    try:
        return models.get(session, job.request["model"])
    except errors.NotFound:
        return None


def _models_of(
    session: Session, job: Job, chosen: ChosenReport, model: Model | None
) -> dict[str, dict[str, Any]]:
    """Role to where the model lies: packed as it was checked, or a file that the job made."""
    made = {item.name: item for item in artifacts.list_artifacts(session, job.id)}
    names = {
        "after": (chosen.path("repaired.h5"), chosen.path("repaired.keras")),
        "goodnet": (chosen.path("goodnet.h5"),),
    }
    found: dict[str, dict[str, Any]] = {}
    if model is not None:
        found["before"] = {"canonical_sha256": model.canonical_sha256}
    for role, candidates in names.items():
        name = next((item for item in candidates if item in made), None)
        if name is None:
            raise errors.NotFound(f"job {job.id} has no {candidates[0]}", id=job.id)
        found[role] = {"name": name, "sha256": made[name].sha256}
    return found


def _last_preprocessing(session: Session, model_id: str) -> str:
    """How the last repair of a model scaled its inputs."""
    query = (
        sa.select(Job)
        .join(JobInput, JobInput.job_id == Job.id)
        .where(JobInput.model_id == model_id, Job.kind == "repair", Job.state == "succeeded")
        .order_by(Job.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    job = session.scalar(query)
    if job is None or not job.reports:
        raise errors.InvalidRequest(
            "nobody knows how the inputs of this model are scaled: it was never repaired here",
            errors=[{"pointer": "#/preprocessing", "detail": "is needed"}],
        )
    return str(reports.choose(job).report["preprocessing"]["name"])
