"""A model is repaired in a child, from the canonical forms of what the job names."""

from functools import partial

from core import errors
from core.requests import PoisonedInput, RepairOptions, RepairRequest, TestInputs
from core.results import RepairReport
from service import artifacts, datasets, db, jobs, models
from service.jobs import Outcome
from service.tables import Dataset, Model

from . import attempts, crashpoints, packing
from .attempts import Attempt, Settle


def work(attempt: Attempt) -> Settle:
    """Repair the model that a job names, and keep what that made.

    Raises:
        ProjectError: It did not work.
        Stopped: This attempt is over.
    """
    request = _request(attempt)
    try:
        reports = _repair(attempt, request)
    except errors.ChildFailed as error:
        attempts.raise_if_lost(error)
        raise
    crashpoints.reach("before_keep")
    files = artifacts.store(attempt.services.storage, attempt.folder.results)
    crashpoints.reach("after_keep")
    attempt.check()
    outcome = Outcome(reports=reports, files=files)
    return partial(jobs.finish, claim=attempt.claim, outcome=outcome)


def _request(attempt: Attempt) -> RepairRequest:
    """What to ask of the child; the inputs that it names are unpacked."""
    asked = attempt.claim.request
    data = asked["data"]
    with db.session_scope(attempt.services.engine, read_only=True) as session:
        model = models.get(session, asked["model"])
        validation = datasets.get(session, data["clean_validation"])
        clean = datasets.get(session, data["clean_test"]) if data.get("clean_test") else None
        poisoned = [datasets.get(session, dataset_id) for dataset_id in data["poisoned_test"]]
    tests = TestInputs(
        clean=_unpacked(attempt, clean, "clean-test") if clean else None,
        poisoned=tuple(
            _poisoned_input(attempt, dataset, f"poisoned-test-{number}")
            for number, dataset in enumerate(poisoned)
        ),
    )
    again = f"netmend retry {attempt.claim.job_id}"
    return RepairRequest(
        model=_unpacked(attempt, model, "model"),
        clean_validation=_unpacked(attempt, validation, "clean-validation"),
        tests=tests,
        options=RepairOptions.from_json({**asked, "command": again}),
        output=str(attempt.folder.results),
    )


def _poisoned_input(attempt: Attempt, dataset: Dataset, role: str) -> PoisonedInput:
    return PoisonedInput(
        folder=_unpacked(attempt, dataset, role),
        labels=dataset.options.get("labels", "auto"),
        target_label=dataset.options.get("target_label"),
    )


def _unpacked(attempt: Attempt, subject: Model | Dataset, role: str) -> str:
    """The canonical folder of an input, as it was when that was checked."""
    attempt.check()
    folder, sha256 = attempt.folder.inputs / role, subject.canonical_sha256
    assert sha256 is not None  # jobs take only what is ready
    with attempt.services.storage.open(sha256) as packed:
        packing.unpack(packed, folder, sha256=sha256)
    return str(folder)


def _repair(attempt: Attempt, request: RepairRequest) -> dict[str, RepairReport]:
    wanted_s, settings = attempt.claim.request.get("time_limit_s"), attempt.services.settings
    attempt.limits.note_progress()  # the clock starts when the child does
    reports = attempt.services.runner.run(
        {"kind": "repair", "request": request.to_json()},
        folder=attempt.folder.root,
        on_event=attempt.on_event,
        watch=attempt.watch,
        time_limit_s=min(wanted_s or settings.job_time_limit_s, settings.job_time_limit_s),
    )
    return {name: RepairReport.from_json(report) for name, report in reports.items()}
