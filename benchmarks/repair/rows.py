"""One row for each repair, failures as well: what was done, what came out, what it cost."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from .cells import Cell, Net, Treatment
from .files import UNFINISHED, write_whole
from .measuring import Figures, TriggerFigures

Status = Literal["ok", "failed", "timeout"]


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a repair took."""

    #: From the call of the method to its end.
    seconds: float
    #: The same, but only while a processor worked on it: the steadier figure on a busy machine.
    cpu_seconds: float
    #: Largest memory of the process, TensorFlow and all, in MiB.
    peak_mib: float
    #: What the process held before the repair began, in MiB.
    start_mib: float
    #: Median CPU seconds from one told epoch to the next; ``None`` where fewer than two were told.
    epoch_cpu_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """All that is known of one cell."""

    cell: Cell
    #: Changes with everything that the outcome depends on.
    config: str
    status: Status
    before: Figures
    #: What went wrong, where something did.
    message: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    budget: float = 0.0
    #: ``None`` where the repair failed.
    after: Figures | None = None
    #: For each trigger, how often the benign net of the same seed says the target to these images.
    reference: tuple[float, ...] = ()
    #: For each trigger, its success once a copy of the repaired net was taught five stamped images.
    reactivated: tuple[float | None, ...] = ()
    #: Accuracy on the select images, before and after.
    select: tuple[float, float] | None = None
    #: Whether the method found nothing to repair and left the net as it was.
    is_unchanged: bool = False
    #: Labels that a diagnosis suspected, most suspicious first.
    suspects: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    cost: Cost | None = None
    #: Commit of the code, with ``+`` where files had been changed since.
    code: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def end(self) -> Figures:
        """What the net is worth in the end: as before where the repair failed."""
        return self.after or self.before

    @property
    def drop(self) -> float:
        """Clean accuracy that the repair costs, in [-1, 1]."""
        return self.before.accuracy - self.end.accuracy

    @property
    def worst(self) -> TriggerFigures | None:
        """What the trigger does in the end that does most; ``None`` for a benign net."""
        return max(self.end.triggers, key=lambda trigger: trigger.excess, default=None)

    @property
    def defence_rating(self) -> float | None:
        """(fall of the worst trigger's success - fall of accuracy + 1) / 2, falls at least 0.

        Source: Zhu et al., Enhancing Fine-Tuning Based Backdoor Defense with Sharpness-Aware
        Minimization, ICCV 2023, arXiv:2304.11823 (DER).
        """
        worst = self.worst
        if worst is None:
            return None
        before = self.before.triggers[self.end.triggers.index(worst)]
        fall = max(0.0, before.attack_success - worst.attack_success)
        return (fall - max(0.0, self.drop) + 1) / 2


def path(work: Path, cell: Cell) -> Path:
    """Where the row is kept."""
    return work / "rows" / f"{cell.name}.json"


def write(work: Path, row: Row) -> None:
    """Keep the row; it takes the place of an older one."""
    write_whole(path(work, row.cell), json.dumps(asdict(row), indent=1))


def read(work: Path, cell: Cell) -> Row | None:
    """The row of a cell, whatever its configuration; ``None`` where there is none."""
    file = path(work, cell)
    return _from_json(json.loads(file.read_text())) if file.exists() else None


def read_all(work: Path) -> Iterator[Row]:
    """All rows, in the order of their names."""
    for file in sorted((work / "rows").glob("*.json")):
        if not file.name.startswith(UNFINISHED):
            yield _from_json(json.loads(file.read_text()))


def _from_json(facts: dict[str, Any]) -> Row:
    cell = facts.pop("cell")
    cost, select, after = (facts.pop(name) for name in ("cost", "select", "after"))
    return Row(
        cell=Cell(
            **{**cell, "net": Net(**cell["net"]), "treatment": Treatment(**cell["treatment"])}
        ),
        before=_figures(facts.pop("before")),
        after=_figures(after) if after else None,
        cost=Cost(**cost) if cost else None,
        select=(select[0], select[1]) if select else None,
        reference=tuple(facts.pop("reference")),
        reactivated=tuple(facts.pop("reactivated")),
        suspects=tuple(facts.pop("suspects")),
        warnings=tuple(facts.pop("warnings")),
        **facts,
    )


def _figures(facts: dict[str, Any]) -> Figures:
    triggers = tuple(TriggerFigures(**trigger) for trigger in facts.pop("triggers"))
    return Figures(**facts, triggers=triggers)
