"""Jobs beside each other: what was asked of them, and what they measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from . import errors, reports, visibility
from .reports import ChosenReport
from .schemas import ComparedJob, ComparedRun, Comparison, Difference, Figure, Measure
from .tables import Dataset, Job, JobInput, JobMetric, Model

#: How many jobs can stand beside each other.
FEWEST, MOST = 2, 100

_PHASES = ("before", "after", "goodnet")
_NAMES = (
    "clean_accuracy", "attack_success_rate", "robust_accuracy", "floor", "false_positive_rate",
    "detection_rate",
)  # fmt: skip

_Run = tuple[str, float]


@dataclass(frozen=True, kw_only=True)
class RunCurves:
    """The curves of one run; empty where its method draws no such curve."""

    #: Channels pruned, and epoch, with the accuracy on select images in [0, 1].
    pruning: tuple[tuple[int, float], ...]
    training: tuple[tuple[int, float], ...]


def compare(session: Session, job_ids: Sequence[str], *, with_equal: bool = False) -> Comparison:
    """Jobs side by side, the first being what the others are measured against.

    Args:
        session: Reads only.
        job_ids: Each once.
        with_equal: Whether ``differences`` names also what was asked of all of them alike.

    Raises:
        NotFound: Some are not there; the error names all of them.
        InvalidRequest: Some are no repairs.
    """
    jobs = _find(session, job_ids)
    metrics = _metrics(session, job_ids)
    runs = _runs(jobs, metrics)
    return Comparison(
        jobs=[ComparedJob.model_validate(job) for job in jobs],
        runs=[ComparedRun(job_id=job_id, max_accuracy_drop=budget) for job_id, budget in runs],
        differences=list(_settings([job.request for job in jobs], with_equal=with_equal)),
        measures=_measures(runs, metrics),
        warnings=list(_warnings(session, jobs)),
    )


def curves(session: Session, runs: Sequence[ComparedRun]) -> list[RunCurves]:
    """How accuracy went in each of some runs; they are of jobs that `compare` found.

    Reports are long: ask for as many runs as are drawn.
    """
    query = sa.select(Job).where(Job.id.in_({run.job_id for run in runs}))
    found = {job.id: job for job in session.scalars(query.options(defer(Job.notes)))}
    return [_curves(found[run.job_id], run.max_accuracy_drop) for run in runs]


def input_names(session: Session, job_ids: Sequence[str]) -> dict[str, str]:
    """Id of a model or data set that some jobs needed to its name; deleted ones are not in it."""
    query = (
        sa.select(Model.id, Model.name, Dataset.id, Dataset.name)
        .select_from(JobInput)
        .outerjoin(Model, Model.id == JobInput.model_id)
        .outerjoin(Dataset, Dataset.id == JobInput.dataset_id)
        .where(JobInput.job_id.in_(job_ids))
        .distinct()
    )
    return {
        model_id or dataset_id: model if model_id else dataset
        for model_id, model, dataset_id, dataset in session.execute(query)
    }


def _curves(job: Job, budget: float) -> RunCurves:
    try:
        chosen = reports.choose(job, budget=budget)
    except errors.NotFound:  # figures without a report, as of a service that kept none
        return RunCurves(pruning=(), training=())
    return RunCurves(
        pruning=_points(chosen, "prune_curve", "channels_pruned"),
        training=_points(chosen, "training_curve", "epoch"),
    )


def _points(
    chosen: ChosenReport, name: reports.SeriesName, along: str
) -> tuple[tuple[int, float], ...]:
    points = reports.series(chosen, name).points
    return tuple(sorted((point[along], point["select_accuracy"]) for point in points))


def _find(session: Session, job_ids: Sequence[str]) -> list[Job]:
    seen = sa.and_(Job.id.in_(job_ids), visibility.condition(session, Job))
    large = (defer(Job.reports), defer(Job.notes), defer(Job.result))
    found = {job.id: job for job in session.scalars(sa.select(Job).where(seen).options(*large))}
    missing = [
        {"pointer": f"#/job/{place}", "detail": f"there is no job {job_id}"}
        for place, job_id in enumerate(job_ids)
        if job_id not in found
    ]
    if missing:
        raise errors.NotFound(missing[0]["detail"], errors=missing)
    others = [
        {"pointer": f"#/job/{place}", "detail": f"job {job_id} is no repair"}
        for place, job_id in enumerate(job_ids)
        if found[job_id].kind != "repair"
    ]
    if others:
        raise errors.InvalidRequest("only repairs can be compared", errors=others)
    return [found[job_id] for job_id in job_ids]


def _metrics(session: Session, job_ids: Sequence[str]) -> list[JobMetric]:
    return list(session.scalars(sa.select(JobMetric).where(JobMetric.job_id.in_(job_ids))))


def _runs(jobs: Sequence[Job], metrics: Sequence[JobMetric]) -> list[_Run]:
    """Each budget of each job, in the order of the jobs.

    A job that succeeded without any test set has measured nothing, and its runs stand there.
    """
    measured = {(metric.job_id, metric.budget) for metric in metrics}
    with_figures = {job_id for job_id, _ in measured}
    others = [job for job in jobs if job.state == "succeeded" and job.id not in with_figures]
    unmeasured = {
        (job.id, budget) for job in others for budget in job.request["max_accuracy_drops"]
    }
    found = sorted(measured | unmeasured)
    return [run for job in jobs for run in found if run[0] == job.id]


def _measures(runs: Sequence[_Run], metrics: Sequence[JobMetric]) -> list[Measure]:
    by_share: dict[tuple[str, str, str], dict[_Run, JobMetric]] = {}
    for metric in metrics:
        share = metric.name, metric.set_name, metric.phase
        by_share.setdefault(share, {})[metric.job_id, metric.budget] = metric
    return [
        Measure(name=share[0], set_name=share[1], phase=share[2], figures=_figures(runs, found))
        for share, found in sorted(by_share.items(), key=lambda item: _place(*item[0]))
    ]


def _figures(runs: Sequence[_Run], found: Mapping[_Run, JobMetric]) -> list[Figure | None]:
    baseline = found.get(runs[0])
    return [_figure(found.get(run), baseline) for run in runs]


def _figure(metric: JobMetric | None, baseline: JobMetric | None) -> Figure | None:
    if metric is None:
        return None
    return Figure(
        value=metric.value,
        n=metric.n,
        ci_low=metric.ci_low,
        ci_high=metric.ci_high,
        delta=None if baseline is None else metric.value - baseline.value,
    )


def _place(name: str, set_name: str, phase: str) -> tuple[int, int, str, str]:
    """By phase, then as the reports tell, what is new to us last."""
    known = _NAMES.index(name) if name in _NAMES else len(_NAMES)
    return _PHASES.index(phase), known, name, set_name


def _settings(requests: Sequence[Mapping[str, Any]], *, with_equal: bool) -> Iterator[Difference]:
    flat = [dict(_flat(request)) for request in requests]
    for name in dict.fromkeys(name for request in flat for name in request):
        values = [request.get(name) for request in flat]
        if with_equal or any(value != values[0] for value in values):
            yield Difference(name=name, values=values)


def _flat(request: Mapping[str, Any], *above: str) -> Iterator[tuple[str, Any]]:
    """Each setting by its full name; what is only said about the job is left out."""
    for name, value in request.items():
        if isinstance(value, Mapping):
            yield from _flat(value, *above, name)
        elif above or name not in {"name", "notes", "tags", "priority"}:
            yield ".".join([*above, name]), value


def _warnings(session: Session, jobs: Sequence[Job]) -> Iterator[str]:
    unmeasured = [job for job in jobs if job.state != "succeeded"]
    if unmeasured:
        yield f"{len(unmeasured)} of {len(jobs)} jobs have no figures: they have not succeeded"
    sha256_of = _sha256_of(session, jobs)
    told = {
        "clean_test": "clean test sets differ: clean accuracies are not comparable",
        "poisoned_test": "poisoned test sets differ: attack success rates are not comparable",
    }
    for role, warning in told.items():
        if len({_content(job.request["data"].get(role), sha256_of) for job in jobs}) > 1:
            yield warning


def _content(given: str | Sequence[str] | None, sha256_of: Mapping[str, str]) -> tuple[str, ...]:
    """What stands in data sets, in any order; of one that was deleted, its id."""
    names = [given] if isinstance(given, str) else given or ()
    return tuple(sorted(sha256_of.get(name, name) for name in names))


def _sha256_of(session: Session, jobs: Sequence[Job]) -> dict[str, str]:
    data = [job.request["data"] for job in jobs]
    names = {item["clean_test"] for item in data if item.get("clean_test")}
    names |= {name for item in data for name in item.get("poisoned_test", ())}
    query = sa.select(Dataset.id, Dataset.sha256).where(Dataset.id.in_(names))
    return {row.id: row.sha256 for row in session.execute(query)}
