"""Jobs beside each other."""

from collections.abc import Sequence
from typing import Any

from core.results import Verdict

from .fields import JobState, Told


class ComparedJob(Told):
    """A job that is compared; the first is the baseline."""

    id: str
    name: str
    state: JobState
    method: str | None
    #: Of the best of its reports.
    verdict: Verdict | None


class ComparedRun(Told):
    """One budget of one job: a column of the comparison."""

    job_id: str
    max_accuracy_drop: float


class Difference(Told):
    """Something that was not asked of all jobs alike."""

    #: Such as ``seed`` or ``params.epochs``.
    name: str
    #: By job.
    values: Sequence[Any]


class Figure(Told):
    """A share that was measured."""

    value: float
    #: Of so many images.
    n: int
    #: 95 % interval.
    ci_low: float
    ci_high: float
    #: The value minus that of the first run; ``None`` where that was not measured.
    delta: float | None


class Measure(Told):
    """One share of all runs."""

    #: ``clean_accuracy``, ``attack_success_rate``, …
    name: str
    #: Name of the poisoned set; empty for the clean one.
    set_name: str
    #: ``before``, ``after`` or ``goodnet``.
    phase: str
    #: By run; ``None`` where not measured.
    figures: Sequence[Figure | None]


class Comparison(Told):
    """Jobs beside each other: what was asked, what was measured, what changes from the first."""

    jobs: Sequence[ComparedJob]
    runs: Sequence[ComparedRun]
    differences: Sequence[Difference]
    measures: Sequence[Measure]
    #: Why figures should not be compared.
    warnings: Sequence[str]
