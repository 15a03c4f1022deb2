"""A model is diagnosed in a child, from the canonical forms of what the job names."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from core.requests import DiagnoseRequest
from service import datasets, db, jobs, models
from service.jobs import Outcome
from service.tables import Dataset, Model

from . import crashpoints, inputs
from .attempts import Attempt, Settle


def work(attempt: Attempt) -> Settle:
    """Diagnose the model that a job names, and keep what that made.

    Raises:
        ProjectError: It did not work.
        Stopped: This attempt is over.
    """
    model, images = _given(attempt)
    request = _request(attempt, model, images)
    with inputs.killed_told(), inputs.named(_by_role(model, images)):
        diagnosis = _diagnosis(attempt, request)
    crashpoints.reach("before_keep")
    files = attempt.kept_results()
    crashpoints.reach("after_keep")
    attempt.check()
    outcome = Outcome(result=diagnosis, files=files)
    return partial(jobs.finish, claim=attempt.claim, outcome=outcome)


def _given(attempt: Attempt) -> tuple[Model, Dataset]:
    asked = attempt.claim.request
    with db.session_scope(attempt.services.engine, read_only=True) as session:
        model = models.get(session, asked["model"])
        return model, datasets.get(session, asked["clean_validation"])


def _request(attempt: Attempt, model: Model, images: Dataset) -> DiagnoseRequest:
    """What to ask of the child; the inputs that it names are unpacked."""
    asked = attempt.claim.request
    return DiagnoseRequest(
        model=inputs.unpack_ready(attempt, model, "model"),
        clean_validation=inputs.unpack_ready(attempt, images, "clean-validation"),
        preprocessing=asked["preprocessing"],
        seed=asked["seed"],
        output=str(attempt.folder.results),
    )


def _by_role(model: Model, images: Dataset) -> Mapping[str, Mapping[str, Any]]:
    """What core calls an input, to where the request names it."""
    told = {"pointer": "#/clean_validation", "dataset_id": images.id, "dataset_name": images.name}
    return {"model": {"model_id": model.id}, "clean validation": told}


def _diagnosis(attempt: Attempt, request: DiagnoseRequest) -> dict[str, Any]:
    wanted_s, settings = attempt.claim.request.get("time_limit_s"), attempt.services.settings
    attempt.limits.note_progress()  # the clock starts when the child does
    found: dict[str, Any] = attempt.services.runner.run(
        {"kind": "diagnose", "request": request.to_json()},
        folder=attempt.folder.root,
        on_event=attempt.on_event,
        watch=attempt.watch,
        time_limit_s=min(wanted_s or settings.job_time_limit_s, settings.job_time_limit_s),
    )
    return found
