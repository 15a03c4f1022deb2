"""How long jobs take: from like jobs that succeeded lately, and from what a job has done so far.

A job repairs once for each budget and seed. Where no job of as many repairs has succeeded, others
are asked how long each of theirs took. What all repairs of a job share, loading and measuring the
model as it came, counts with each then, so such an estimate is rather too long after jobs of few.

Nothing is made up: where no like job has succeeded, or no worker is there, the answer is ``None``.
docs/api.md says how each figure comes about.
"""

import datetime
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import workers
from .db import now
from .schemas import JobCreate
from .tables import LIVE, Job, JobEvent, JobInput, Worker, is_live

_Jobs = sa.Select[str]

#: So far back like jobs are looked for, and so many of the latest of them are enough.
_LOOK_BACK, _ENOUGH = 1000, 20
#: Workers that were not heard of for so long are not counted on.
_SEEN_WITHIN_S = 60.0


@dataclass(frozen=True, kw_only=True)
class QueueLoad:
    """A queue: what is in it, who works on it, and how long a new job would wait."""

    n_queued: int
    n_running: int
    n_workers: int
    wait_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Work:
    """What the time of a repair is told by."""

    method: str
    model_id: str
    #: Budgets times seeds.
    n_repairs: int = 1

    @classmethod
    def asked(cls, request: JobCreate) -> Self:
        """What is asked for."""
        n_repairs = len(request.max_accuracy_drops) * request.n_seeds
        return cls(method=request.method, model_id=request.model, n_repairs=n_repairs)

    @classmethod
    def of(cls, job: Job) -> Self:
        """What a repair was asked for."""
        n_repairs = _n_repairs(job.request.get("max_accuracy_drops"), job.request.get("n_seeds"))
        return cls(method=str(job.method), model_id=str(job.request["model"]), n_repairs=n_repairs)


def typical_seconds(session: Session, work: Work) -> float | None:
    """How long a repair takes: the median of the latest ones by that method.

    Those of the same model are asked first, then those of any model; in each case those of as many
    repairs, else all of them for the time of one.
    """
    alike = Job.kind == "repair", Job.method == work.method
    return _typical(session, work.model_id, *alike, n_repairs=work.n_repairs)


def typical_diagnosis_seconds(session: Session, model_id: str) -> float | None:
    """How long a diagnosis takes; of the same model if there was one, else of any."""
    return _typical(session, model_id, Job.kind == "diagnose")


def remaining_seconds(session: Session, job: Job) -> float | None:
    """Until a job that runs ends; ``None`` if it does not run, or nothing is known of its kind.

    What a typical job still takes after the time that this one has had, or what its stage still
    takes at the pace so far, if that is longer.
    """
    if job.state not in LIVE or job.started_at is None:
        return None
    typical = _typical_of(session, job)
    if typical is None:
        return None
    moment = _moment(session)
    expected = typical - (moment - job.started_at).total_seconds()
    of_stage = _rest_of_stage(session, job, moment)
    known = [seconds for seconds in (expected, of_stage) if seconds is not None and seconds > 0]
    return float(math.ceil(max(known))) if known else None


def start_seconds(session: Session, job: Job, position: int | None) -> float | None:
    """Until a worker takes a job that waits at this place of its queue, counted from 1."""
    if position is None:
        return None
    n_workers = _n_of(_on_duty(session), job.queue)
    n_running = _n_running(session, job.queue)
    return _wait(session, job.queue, position, n_workers=n_workers, n_running=n_running)


def loads(
    session: Session, counts: Mapping[str, Mapping[str, int]], queues: Sequence[str]
) -> dict[str, QueueLoad]:
    """What each of some queues has to do.

    Args:
        session: Reads only.
        counts: Queue to state to number of jobs in it, as `jobs.count_by_queue` tells.
        queues: Their names.
    """
    seen = _on_duty(session)
    return {queue: _load(session, queue, counts.get(queue, {}), seen) for queue in queues}


def seconds_left(session: Session, open_jobs: Sequence[Job]) -> float | None:
    """Until all of these jobs have ended, if no other ones go before them.

    The work that is left, shared by the workers that are there.
    """
    queues, seen = {job.queue for job in open_jobs}, _on_duty(session)
    n_workers = sum(_n_of(seen, queue) for queue in queues)
    known = {work: typical_seconds(session, work) for work in set(map(Work.of, open_jobs))}
    if not open_jobs or not n_workers or None in known.values():
        return None
    moment = _moment(session)
    left = [max((known[Work.of(job)] or 0) - _elapsed(job, moment), 0) for job in open_jobs]
    return float(math.ceil(max(sum(left) / n_workers, max(left))))


def _typical(
    session: Session, model_id: str, *alike: sa.ColumnElement[bool], n_repairs: int = 1
) -> float | None:
    past = _past().where(*alike)
    of_model = sa.select(JobInput.job_id).where(JobInput.model_id == model_id)
    found = _taken(session, past.where(Job.id.in_(of_model))) or _taken(session, past)
    same = [seconds for seconds, count in found if count == n_repairs]
    return _median(same or [seconds / count * n_repairs for seconds, count in found])


def _typical_of(session: Session, job: Job) -> float | None:
    if job.kind == "diagnose":
        return typical_diagnosis_seconds(session, job.request["model"])
    return typical_seconds(session, Work.of(job)) if job.method else None


def _wait(
    session: Session, queue: str, position: int, *, n_workers: int, n_running: int
) -> float | None:
    """Nothing while a worker is free; else as many typical jobs as go first, by all workers."""
    if not n_workers:
        return None
    n_before = position - max(n_workers - n_running, 0)
    if n_before <= 0:
        return 0.0
    typical = _median(_whole(session, _past().where(Job.queue == queue)))
    return None if typical is None else float(math.ceil(n_before * typical / n_workers))


def _load(
    session: Session, queue: str, counts: Mapping[str, int], seen: Sequence[Worker]
) -> QueueLoad:
    n_queued = counts.get("queued", 0)
    n_running = sum(counts.values()) - n_queued
    n_workers = _n_of(seen, queue)
    return QueueLoad(
        n_queued=n_queued,
        n_running=n_running,
        n_workers=n_workers,
        wait_seconds=_wait(session, queue, n_queued + 1, n_workers=n_workers, n_running=n_running),
    )


def _on_duty(session: Session) -> list[Worker]:
    """Workers that take jobs."""
    seen = workers.list_workers(session, within_s=_SEEN_WITHIN_S)
    return [worker for worker in seen if not worker.is_draining]


def _n_of(seen: Sequence[Worker], queue: str) -> int:
    return sum(queue in worker.queues for worker in seen)


def _n_running(session: Session, queue: str) -> int:
    query = sa.select(sa.func.count()).where(Job.queue == queue, is_live())
    return session.scalar(query.select_from(Job)) or 0


def _past() -> _Jobs:
    """The latest jobs that succeeded; the latest first."""
    latest = sa.select(Job.id).where(Job.state == "succeeded").order_by(Job.id.desc())
    return (
        sa.select(Job.id)
        .where(Job.id.in_(latest.limit(_LOOK_BACK).subquery().select()))
        .order_by(Job.id.desc())
        .limit(_ENOUGH)
    )


def _whole(session: Session, past: _Jobs) -> list[float]:
    """Seconds that each of these jobs took."""
    spans = sa.select(Job.started_at, Job.finished_at).where(_among(past))
    return [
        (ended - began).total_seconds()
        for began, ended in session.execute(spans)
        if began and ended
    ]


def _taken(session: Session, past: _Jobs) -> list[tuple[float, int]]:
    """Seconds and number of repairs of each of these jobs; a diagnosis counts as one."""
    asked = Job.request["max_accuracy_drops"], Job.request["n_seeds"]
    spans = sa.select(Job.started_at, Job.finished_at, *asked).where(_among(past))
    return [
        ((ended - began).total_seconds(), _n_repairs(budgets, n_seeds))
        for began, ended, budgets, n_seeds in session.execute(spans)
        if began and ended
    ]


def _among(past: _Jobs) -> sa.ColumnElement[bool]:
    # a subquery, so that the long requests are read of these rows alone
    return Job.id.in_(past.subquery().select())


def _n_repairs(budgets: Sequence[float] | None, n_seeds: int | None) -> int:
    """One for each budget and seed; what does not say so has one."""
    return (len(budgets or ()) or 1) * (n_seeds or 1)


def _median(seconds: Sequence[float]) -> float | None:
    return statistics.median(seconds) if seconds else None


def _rest_of_stage(session: Session, job: Job, moment: datetime.datetime) -> float | None:
    """What is left of the stage, at the pace at which it went so far."""
    current, total = job.progress_current, job.progress_total
    if not current or not total or job.stage is None:
        return None
    began = session.scalar(
        sa.select(sa.func.min(JobEvent.at)).where(
            JobEvent.job_id == job.id,
            JobEvent.type == "progress",
            JobEvent.at >= job.started_at,
            JobEvent.data["stage"].as_string() == job.stage,
        )
    )
    if began is None:
        return None
    return (moment - began).total_seconds() * (total - current) / current


def _elapsed(job: Job, moment: datetime.datetime) -> float:
    is_running = job.state in LIVE and job.started_at is not None
    return (moment - job.started_at).total_seconds() if is_running and job.started_at else 0.0


def _moment(session: Session) -> datetime.datetime:
    return session.execute(sa.select(now())).scalar_one()
