"""The reports of a job that repaired a model, one an accuracy budget."""

import math
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from . import errors
from .schemas import SeriesView
from .tables import FINAL, Job

SeriesName = Literal["prune_curve", "training_curve"]
#: Name of a curve to the field of the report that has it.
_CURVES: Mapping[SeriesName, str] = types.MappingProxyType(
    {"prune_curve": "pruning_curve", "training_curve": "training_curve"}
)
#: Budgets are written with few digits.
_SAME_BUDGET = 1e-9


@dataclass(frozen=True, kw_only=True)
class ChosenReport:
    """One report of a job, and where its files are."""

    #: Subfolder of the results; empty for a single budget.
    folder: str
    #: A `core.results.RepairReport` as JSON.
    report: dict[str, Any]

    def path(self, name: str) -> str:
        """Name of an artifact that lies beside the report."""
        return f"{self.folder}/{name}" if self.folder else name

    @property
    def budget(self) -> float:
        """Accuracy budget of the report, as a fraction."""
        return float(self.report["selection"]["max_accuracy_drop"])


def choose(job: Job, *, budget: float | None = None) -> ChosenReport:
    """The report of a budget; the best one, which the columns of the job tell of, if none is named.

    Raises:
        Conflict: The job is no repair.
        JobNotFinished: It has not ended.
        NotFound: It has no report, or none of that budget.
    """
    found = _reports(job)
    if budget is None:
        best = next((item for item in found if item.folder == _best_folder(job)), found[0])
        return best
    for item in found:
        if math.isclose(item.budget, budget, abs_tol=_SAME_BUDGET):
            return item
    budgets = sorted(item.budget for item in found)
    told = ", ".join(f"{item:g}" for item in budgets)
    raise errors.NotFound(
        f"job {job.id} has no report of the budget {budget:g}; there are {told}",
        id=job.id, expected=budgets, received=budget,
    )  # fmt: skip


def series(chosen: ChosenReport, name: SeriesName) -> SeriesView:
    """The points of a curve of a report, in order; none where the method draws no such curve."""
    points = list(chosen.report.get(_CURVES[name], ()))
    columns = list(points[0]) if points else []
    return SeriesView(name=name, budget=chosen.budget, columns=columns, points=points)


def _reports(job: Job) -> list[ChosenReport]:
    if job.kind != "repair":
        raise errors.Conflict(f"a job of kind {job.kind} has no report", id=job.id)
    if job.state not in FINAL:
        raise errors.JobNotFinished(f"the job is {job.state}", id=job.id, received=job.state)
    if not job.reports:
        raise errors.NotFound(f"job {job.id} is {job.state} and has no report", id=job.id)
    return [ChosenReport(folder=folder, report=report) for folder, report in job.reports.items()]


def _best_folder(job: Job) -> str:
    folder = PurePosixPath(job.repaired_model_path or "").parent.as_posix()
    return "" if folder == "." else folder
