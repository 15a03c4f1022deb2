"""What came of batches so far: counts, the best jobs, and the matrix."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from . import batches, estimates
from .grids import Grid
from .jobs import figures
from .paging import Rows
from .schemas import (
    BatchBest,
    BatchSummary,
    BatchView,
    Matrix,
    MatrixCell,
    MatrixColumn,
    MatrixRow,
    Page,
)
from .tables import FINAL, Batch, Job


def page(session: Session, found: Rows[Batch]) -> Page[BatchSummary]:
    """Batches, with what is counted of the jobs of all of them in two queries."""
    counts = _count(session, [batch.id for batch in found.rows])
    views = [
        BatchSummary.of(batch, **_counts(batch, counts.get(batch.id, []))) for batch in found.rows
    ]
    return Page(data=views, next=found.next)


def view(session: Session, batch: Batch) -> BatchView:
    """A batch with all that is known of it."""
    found = batches.jobs_of(session, batch.id)
    counted = [_Count(job.state, job.verdict, 1) for job in found]
    still_open = [job for job in found if job.state not in FINAL]
    return BatchView.of(
        batch,
        **_counts(batch, counted),
        best=_best(Grid.from_json(batch.request), found),
        eta_seconds=estimates.seconds_left(session, still_open),
    )


def matrix(session: Session, batch: Batch) -> Matrix:
    """What came of each combination."""
    grid = Grid.from_json(batch.request)
    found = batches.jobs_of(session, batch.id)
    jobs = {grid.place(job.request): job for job in found if job.deleted_at is None}
    rows, columns = grid.rows(), grid.columns()
    cells = [[_cell(jobs.get((row, column))) for column in columns] for row in rows]
    return Matrix(
        batch_id=batch.id,
        rows=[
            MatrixRow(
                model_id=grid.request.models[row.model],
                model=grid.models[row.model],
                data=grid.data[row.data],
            )
            for row in rows
        ],
        columns=[
            MatrixColumn(
                label=grid.label(column),
                method=grid.request.methods[column.method].name,
                params=grid.request.methods[column.method].params,
                max_accuracy_drop=column.max_accuracy_drop,
                seed=column.seed,
            )
            for column in columns
        ],
        cells=cells,
    )


@dataclass(frozen=True)
class _Count:
    state: str
    verdict: str | None
    n_jobs: int


def _count(session: Session, batch_ids: Sequence[str]) -> Mapping[str, Sequence[_Count]]:
    """Batch to its jobs by state and verdict, without those that were replaced."""
    retry = aliased(Job)
    replaced = sa.select(retry.retry_of).where(
        retry.batch_id.in_(batch_ids), retry.retry_of.is_not(None)
    )
    query = (
        sa.select(Job.batch_id, Job.state, Job.verdict, sa.func.count())
        .where(Job.batch_id.in_(batch_ids), Job.id.not_in(replaced))
        .group_by(Job.batch_id, Job.state, Job.verdict)
    )
    counts: dict[str, list[_Count]] = {}
    for batch_id, state, verdict, n_jobs in session.execute(query):
        counts.setdefault(str(batch_id), []).append(_Count(state, verdict, n_jobs))
    return counts


def _counts(batch: Batch, counted: Sequence[_Count]) -> dict[str, Any]:
    states: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for item in counted:
        states[item.state] += item.n_jobs
        if item.verdict is not None:
            verdicts[item.verdict] += item.n_jobs
    return {"states": states, "verdicts": verdicts, "n_replaced": batch.n_jobs - states.total()}


def _best(grid: Grid, jobs: Sequence[Job]) -> list[BatchBest]:
    """The best job of each model that has one."""
    best: dict[str, Job] = {}
    for job in sorted(jobs, key=_rank):
        if job.verdict is not None and job.deleted_at is None:
            best.setdefault(job.request["model"], job)
    return [
        BatchBest.model_validate(
            {
                "model_id": model_id,
                "model": label,
                "job_id": best[model_id].id,
                **_headline(best[model_id]),
            }
        )
        for model_id, label in zip(grid.request.models, grid.models, strict=True)
        if model_id in best
    ]


def _rank(job: Job) -> tuple[int, float, float]:
    verdict = job.verdict or figures.WORST
    return figures.rank(verdict, job.attack_success_rate_after, job.clean_accuracy_after)


def _cell(job: Job | None) -> MatrixCell | None:
    if job is None:
        return None
    code = (job.error or {}).get("code")
    told = {"job_id": job.id, "state": job.state, "error": code, **_headline(job)}
    return MatrixCell.model_validate(told)


def _headline(job: Job) -> dict[str, Any]:
    names = ("clean_accuracy", "attack_success_rate")
    shares = [f"{name}_{phase}" for name in names for phase in ("before", "after")]
    return {name: getattr(job, name) for name in ("verdict", *shares)}
