"""The three numbers at the top of a report."""

from dataclasses import dataclass

from .. import percentages
from ..results import Rate, RepairReport
from . import measures, wording


@dataclass(frozen=True, kw_only=True)
class Headline:
    """One number, large, and what it takes to read it."""

    name: str
    value: str
    #: What it was, or is to be compared with.
    beside: str
    #: Interval and number of images; empty where nothing was measured.
    evidence: str


def of_report(report: RepairReport) -> tuple[Headline, ...]:
    """Clean accuracy, the worst attack, and what the N+1 model flags of it."""
    return _clean_accuracy(report), _worst_attack(report), _flagged(report)


def _clean_accuracy(report: RepairReport) -> Headline:
    before, after = report.before.clean_accuracy, report.after.clean_accuracy
    beside = "no clean test images were given"
    if before is not None and after is not None:
        change = percentages.points(after.value - before.value)
        beside = f"was {percentages.percent(before.value)}, {change}"
    return _headline("Clean accuracy", after, beside)


def _worst_attack(report: RepairReport) -> Headline:
    name = "Attack success"
    worst = measures.worst_attack(report)
    if worst is None:
        return _headline(name, None, wording.why_no_attack(report))
    assert worst.before_rate is not None
    beside = f"was {percentages.percent(worst.before_rate.value)}, {wording.quoted(worst.name)}"
    return _headline(name, worst.after_rate, beside)


def _flagged(report: RepairReport) -> Headline:
    goodnet, worst = report.goodnet, measures.worst_attack(report)
    name = "Flagged by the N+1 model"
    flagged = goodnet.detection_rate.get(worst.name) if worst else None
    false = wording.share(goodnet.false_positive_rate)
    which = f"of {wording.quoted(worst.name)}; " if worst else ""
    return _headline(name, flagged, f"{which}false positives: {false}")


def _headline(name: str, rate: Rate | None, beside: str) -> Headline:
    return Headline(
        name=name,
        value=wording.NOT_MEASURED if rate is None else percentages.percent(rate.value),
        beside=beside,
        evidence="" if rate is None else wording.evidence(rate),
    )
