"""A model is repaired in a child, from the canonical forms of what the job names."""

from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any, Self

from core.requests import PoisonedInput, RepairOptions, RepairRequest, TestInputs
from core.results import RepairReport
from service import datasets, db, jobs, models
from service.jobs import Outcome
from service.tables import Dataset, Model

from . import crashpoints, inputs
from .attempts import Attempt, Settle


def work(attempt: Attempt) -> Settle:
    """Repair the model that a job names, and keep what that made.

    Raises:
        ProjectError: It did not work.
        Stopped: This attempt is over.
    """
    given = _Given.of(attempt)
    request = _request(attempt, given)
    with inputs.killed_told(), inputs.named(given.by_role()):
        reports = _repair(attempt, request)
    crashpoints.reach("before_keep")
    files = attempt.kept_results()
    crashpoints.reach("after_keep")
    attempt.check()
    outcome = Outcome(reports=reports, files=files)
    return partial(jobs.finish, claim=attempt.claim, outcome=outcome)


@dataclass(frozen=True, kw_only=True)
class _Given:
    """The rows of what a job works on."""

    model: Model
    clean_validation: Dataset
    clean_test: Dataset | None
    poisoned_test: tuple[Dataset, ...]
    unlabelled: Dataset | None

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """Those that the job names."""
        asked = attempt.claim.request
        data = asked["data"]
        with db.session_scope(attempt.services.engine, read_only=True) as session:

            def optional(role: str) -> Dataset | None:
                return datasets.get(session, data[role]) if data.get(role) else None

            return cls(
                model=models.get(session, asked["model"]),
                clean_validation=datasets.get(session, data["clean_validation"]),
                clean_test=optional("clean_test"),
                unlabelled=optional("unlabelled"),
                poisoned_test=tuple(
                    datasets.get(session, dataset_id) for dataset_id in data["poisoned_test"]
                ),
            )

    def by_role(self) -> dict[str, dict[str, Any]]:
        """What core calls an input, to where the request names it."""
        single = {
            "clean_validation": self.clean_validation,
            "clean_test": self.clean_test,
            "unlabelled": self.unlabelled,
        }
        return {
            "model": {"pointer": "#/model", "model_id": self.model.id},
            **{
                role.replace("_", " "): _told(f"#/data/{role}", dataset)
                for role, dataset in single.items()
                if dataset
            },
            **{
                f"poisoned test {_stem(dataset)}": _told(f"#/data/poisoned_test/{number}", dataset)
                for number, dataset in enumerate(self.poisoned_test)
            },
        }


def _stem(dataset: Dataset) -> str:
    """What core calls a poisoned set: by the name that it had when it was checked."""
    return PurePath(str((dataset.facts or {}).get("name", dataset.name))).stem


def _told(pointer: str, dataset: Dataset) -> dict[str, Any]:
    return {"pointer": pointer, "dataset_id": dataset.id, "dataset_name": dataset.name}


def _request(attempt: Attempt, given: _Given) -> RepairRequest:
    """What to ask of the child; the inputs that it names are unpacked."""
    tests = TestInputs(
        clean=inputs.unpack_ready(attempt, given.clean_test, "clean-test")
        if given.clean_test
        else None,
        poisoned=tuple(
            _poisoned_input(attempt, dataset, f"poisoned-test-{number}")
            for number, dataset in enumerate(given.poisoned_test)
        ),
    )
    asked, settings = attempt.claim.request, attempt.services.settings
    again = settings.retry_command.replace("{job}", attempt.claim.job_id)
    wants_gpu = attempt.claim.queue == "gpu"
    return RepairRequest(
        model=inputs.unpack_ready(attempt, given.model, "model"),
        clean_validation=inputs.unpack_ready(attempt, given.clean_validation, "clean-validation"),
        tests=tests,
        options=RepairOptions.from_json({**asked, "command": again, "wants_gpu": wants_gpu}),
        output=str(attempt.folder.results),
        unlabelled=inputs.unpack_ready(attempt, given.unlabelled, "unlabelled")
        if given.unlabelled
        else None,
    )


def _poisoned_input(attempt: Attempt, dataset: Dataset, role: str) -> PoisonedInput:
    return PoisonedInput(
        folder=inputs.unpack_ready(attempt, dataset, role),
        labels=dataset.options.get("labels", "auto"),
        target_label=dataset.options.get("target_label"),
    )


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
