"""What of the reports goes into columns: the headline of a job, and one row a measured share."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.results import Evaluation, Rate, RepairReport

from ..tables import JobMetric

#: The better verdict first.
_VERDICTS = ("repaired", "partial", "unchanged", "inconclusive", "not_repaired")
WORST = _VERDICTS[-1]


def headline(reports: Mapping[str, RepairReport], files: Sequence[str]) -> dict[str, Any]:
    """The columns of a job that tell of its best report; empty without reports.

    Best is the better verdict, then the lower attack success, then the higher clean accuracy.
    """
    if not reports:
        return {}
    folder, report = min(reports.items(), key=lambda item: _rank(item[1]))
    return {
        "verdict": report.verdict,
        "clean_accuracy_before": _value(report.before.clean_accuracy),
        "clean_accuracy_after": _value(report.after.clean_accuracy),
        "attack_success_rate_before": worst_attack(report.before),
        "attack_success_rate_after": worst_attack(report.after),
        "repaired_model_path": _repaired_model(folder, files),
    }


def metrics(job_id: str, reports: Mapping[str, RepairReport]) -> list[JobMetric]:
    """One row for each share that the reports measured."""
    return [
        JobMetric(
            job_id=job_id,
            budget=report.selection.max_accuracy_drop,
            phase=phase,
            name=name,
            set_name=set_name,
            value=rate.value,
            n=rate.n,
            ci_low=rate.ci95[0],
            ci_high=rate.ci95[1],
        )
        for report in reports.values()
        for phase, name, set_name, rate in _rates(report)
        if rate is not None
    ]


def worst_attack(evaluation: Evaluation) -> float | None:
    """The highest attack success rate; ``None`` if none was measured."""
    rates = [attack.attack_success_rate for attack in evaluation.attacks]
    return max((rate.value for rate in rates if rate is not None), default=None)


def rank(verdict: str, attack: float | None, accuracy: float | None) -> tuple[int, float, float]:
    """Smaller is better: the better verdict, then less attack success, then more accuracy."""
    return (
        _VERDICTS.index(verdict),
        1.0 if attack is None else attack,
        -1.0 if accuracy is None else -accuracy,
    )


def _rank(report: RepairReport) -> tuple[int, float, float]:
    return rank(report.verdict, worst_attack(report.after), _value(report.after.clean_accuracy))


def _rates(report: RepairReport) -> Iterator[tuple[str, str, str, Rate | None]]:
    for phase, evaluation in (("before", report.before), ("after", report.after)):
        yield phase, "clean_accuracy", "", evaluation.clean_accuracy
        for attack in evaluation.attacks:
            yield phase, "attack_success_rate", attack.name, attack.attack_success_rate
            yield phase, "robust_accuracy", attack.name, attack.robust_accuracy
            yield phase, "floor", attack.name, attack.floor
    yield "goodnet", "clean_accuracy", "", report.goodnet.clean_accuracy
    yield "goodnet", "false_positive_rate", "", report.goodnet.false_positive_rate
    for name, rate in report.goodnet.detection_rate.items():
        yield "goodnet", "detection_rate", name, rate


def _repaired_model(folder: str, files: Sequence[str]) -> str | None:
    prefix = f"{folder}/" if folder else ""
    names = (f"{prefix}repaired.h5", f"{prefix}repaired.keras")
    return next((name for name in names if name in files), None)


def _value(rate: Rate | None) -> float | None:
    return None if rate is None else rate.value
