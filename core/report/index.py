"""Several repairs of one model side by side, one row an accuracy budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..results import Rate, RepairReport, Value, Verdict
from . import measures


@dataclass(frozen=True, kw_only=True)
class Row(Value):
    """What one budget came to. ``None`` is *not measured*."""

    #: Subfolder with the whole report.
    folder: str
    #: Budget in absolute points of clean accuracy, as a fraction.
    max_accuracy_drop: float
    verdict: Verdict
    clean_accuracy_before: Rate | None
    clean_accuracy_after: Rate | None
    #: Name of the attack that decides.
    worst_attack: str | None
    attack_success_rate_before: Rate | None
    attack_success_rate_after: Rate | None

    @property
    def address(self) -> str:
        """Address of the page of this repair, seen from the index."""
        return f"{quote(self.folder)}/report.html"


def of_reports(reports: Mapping[str, RepairReport]) -> tuple[Row, ...]:
    """One row for each subfolder, smallest budget first."""
    rows = (_row(folder, report) for folder, report in reports.items())
    return tuple(sorted(rows, key=lambda row: row.max_accuracy_drop))


def to_json(rows: tuple[Row, ...]) -> dict[str, Any]:
    """What index.json holds."""
    return {"schema_version": 1, "repairs": [row.to_json() for row in rows]}


def _row(folder: str, report: RepairReport) -> Row:
    worst = measures.worst_attack(report)
    return Row(
        folder=folder,
        max_accuracy_drop=report.selection.max_accuracy_drop,
        verdict=report.verdict,
        clean_accuracy_before=report.before.clean_accuracy,
        clean_accuracy_after=report.after.clean_accuracy,
        worst_attack=worst.name if worst else None,
        attack_success_rate_before=worst.before_rate if worst else None,
        attack_success_rate_after=worst.after_rate if worst else None,
    )
