"""What the page of a job says of it, gathered in few questions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flask

from core.results import Diagnosis
from service import artifacts, estimates, joblogs, jobs, reports, workers
from service import errors as service_errors
from service.reports import ChosenReport
from service.tables import FINAL, Artifact, Job

from .. import services
from . import figures, stages, suspects

#: Workers that were not heard of for so long are not counted on.
_WORKER_SEEN_S = 60.0
#: So many of the latest events are read for the log, and so many lines of it shown of a failure.
_LATEST_EVENTS = 400
_LAST_LINES = 20
#: What TensorFlow says of itself at each start, whatever it is told; the whole log has it.
_CHATTER = re.compile(r"WARNING: All log messages before absl|I\d{4} ")


@dataclass(frozen=True, kw_only=True)
class Budget:
    """One of several results of a job."""

    folder: str
    #: As a fraction.
    max_accuracy_drop: float
    verdict: str
    is_shown: bool


def of_job(session: Any, job: Job) -> dict[str, Any]:
    """Name of a value in the template to the value.

    Raises:
        NotFound: The address asks for a result that the job does not have.
    """
    more = _of_ended if job.state in FINAL else _of_open
    return {**_of_any(session, job), **more(session, job)}


def _of_any(session: Any, job: Job) -> dict[str, Any]:
    """What it says of every job."""
    events = jobs.events_after(
        session, job.id, max(0, job.n_events - _LATEST_EVENTS), limit=_LATEST_EVENTS
    )
    stages_ = stages.of_job(job) if job.kind in ("repair", "diagnose") else ()
    lap = stages.lap_of(events) if job.stage else None
    inputs = jobs.named_inputs_of(session, job.id)
    return {
        "stages": stages_,
        "stage_words": stages.words(),
        "lap": lap,
        "n_budgets": stages.n_budgets(job),
        "sentence": stages.sentence(job, lap),
        "share": stages.share_done(stages_, job, lap),
        "told": list(stages.told(events)),
        "inputs": inputs,
        "shows_people": any(item.shows_people for item in inputs),
        "has_lost_data": not _dataset_ids(job) <= {item.dataset_id for item in inputs},
    }


def _dataset_ids(job: Job) -> set[str]:
    """The data sets that a repair was asked to use, whether they are still there or not."""
    data = job.request.get("data", {})
    single = ("clean_validation", "unlabelled", "clean_test")
    return {*map(data.get, single), *data.get("poisoned_test", ())} - {None}


def _of_open(session: Any, job: Job) -> dict[str, Any]:
    """What it says of one that has not ended."""
    position = jobs.position(session, job)
    seen = workers.list_workers(session, within_s=_WORKER_SEEN_S)
    return {
        "position": position,
        "starts_in": estimates.start_seconds(session, job, position),
        "left": estimates.remaining_seconds(session, job),
        "has_worker": any(job.queue in item.queues and not item.is_draining for item in seen),
    }


def _of_ended(session: Any, job: Job) -> dict[str, Any]:
    """What it says of one that has: results, files, and the log of one that failed."""
    made = artifacts.list_artifacts(session, job.id)
    values: dict[str, Any] = {"files": made}
    if job.reports:
        values |= _of_repair(job, made)
    elif job.kind == "diagnose" and job.result:
        values["found"] = suspects.shown(
            Diagnosis.from_json(job.result), job_id=job.id, files={item.name for item in made}
        )
    if job.state == "failed":
        values["log"] = _log_of(session, job)
    return values


def _of_repair(job: Job, made: Sequence[Artifact]) -> dict[str, Any]:
    chosen, files = _chosen(job), {item.name: item for item in made}
    return {
        "result": figures.result_of(job.id, chosen, files, services.current().storage),
        "budgets": _budgets(job, chosen),
        "repaired": next((files[name] for name in _repaired(chosen) if name in files), None),
        "samples": files.get(chosen.path("figures/samples.png")),
    }


def _chosen(job: Job) -> ChosenReport:
    """The report that the address names by its folder; else the best one."""
    folder = flask.request.args.get("budget")
    if folder is None:
        return reports.choose(job)
    if job.reports is None or folder not in job.reports:
        raise service_errors.NotFound(f"job {job.id} has no result {folder!r}", id=job.id)
    return ChosenReport(folder=folder, report=job.reports[folder])


def _budgets(job: Job, chosen: ChosenReport) -> list[Budget]:
    """The results of a job, by budget; none to choose from where there is one."""
    found = [
        ChosenReport(folder=name, report=report) for name, report in (job.reports or {}).items()
    ]
    if len(found) < 2:
        return []
    return [
        Budget(
            folder=item.folder,
            max_accuracy_drop=item.budget,
            verdict=item.report["verdict"],
            is_shown=item.folder == chosen.folder,
        )
        for item in sorted(found, key=lambda item: item.budget)
    ]


def _repaired(chosen: ChosenReport) -> tuple[str, ...]:
    return chosen.path("repaired.h5"), chosen.path("repaired.keras")


def _log_of(session: Any, job: Job) -> str:
    """The last lines of the log."""
    told, files = joblogs.pieces(session, job.id)
    whole = joblogs.text(told, files, services.current().storage).decode(errors="replace")
    lines = [line for line in whole.splitlines() if not _CHATTER.match(line)]
    return "\n".join(lines[-_LAST_LINES:])
