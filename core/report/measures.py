"""The figures of a report, paired: before and after the repair."""

import types
from collections.abc import Mapping
from dataclasses import dataclass

from .. import statistics
from ..results import AttackResult, Evaluation, Excess, Rate, RepairReport


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One figure before and after the repair. ``None`` is *not measured*."""

    name: str
    before: Rate | Excess | None
    after: Rate | Excess | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """The figures measured on one set of images."""

    #: Name of the set.
    name: str
    #: What else there is to say of the set; may be empty.
    note: str = ""
    measures: tuple[Measure, ...]


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One poisoned set, and what it did before and after the repair."""

    name: str
    before: AttackResult
    after: AttackResult

    @property
    def before_rate(self) -> Rate | None:
        """Attack success rate before the repair."""
        return self.before.attack_success_rate

    @property
    def after_rate(self) -> Rate | None:
        """Attack success rate after the repair."""
        return self.after.attack_success_rate


@dataclass(frozen=True, kw_only=True)
class ClassChange:
    """Accuracy of one class on the clean test images, before and after the repair."""

    label: str
    n: int
    #: Shares in [0, 1].
    before: float
    after: float

    @property
    def value(self) -> float:
        """After minus before, in [-1, 1]."""
        return self.after - self.before


def of_report(report: RepairReport) -> tuple[Group, ...]:
    """Every figure of the report, set by set; what was not measured is among them."""
    clean = Group(name="Clean test images", measures=(_clean_accuracy(report),))
    poisoned = tuple(_of_attack(attack) for attack in attacks(report))
    return (clean, *(poisoned or (_NO_ATTACK,)))


def attacks(report: RepairReport) -> tuple[Attack, ...]:
    """The poisoned sets that met both models, in the order they were given."""
    after = {attack.name: attack for attack in report.after.attacks}
    return tuple(
        Attack(name=before.name, before=before, after=after[before.name])
        for before in report.before.attacks
        if before.name in after
    )


def worst_attack(report: RepairReport) -> Attack | None:
    """The attack that decides: the largest attack success after the repair, above its floor.

    A model that is *not repaired* is so for an attack that was not halved, so there only
    those count. ``None`` where no attack success was measured.
    """
    measured = [attack for attack in attacks(report) if attack.before_rate and attack.after_rate]
    if report.verdict == "not_repaired":
        measured = [attack for attack in measured if not _is_halved(attack)] or measured
    return max(measured, key=_excess_after, default=None)


def class_changes(before: Evaluation, after: Evaluation) -> tuple[ClassChange, ...]:
    """The change of each class that both evaluations measured, largest loss first."""
    changes = [
        ClassChange(label=label, n=rate.n, before=rate.value, after=after.per_class[label].value)
        for label, rate in before.per_class.items()
        if label in after.per_class
    ]
    return tuple(sorted(changes, key=lambda change: change.value))


def _excess(attack: AttackResult) -> Excess | None:
    """As in the report; reports of old do not hold it, and it follows from the two others."""
    if attack.excess or not attack.attack_success_rate or not attack.floor:
        return attack.excess
    return statistics.excess(attack.attack_success_rate, attack.floor)


def _clean_accuracy(report: RepairReport) -> Measure:
    return Measure(
        name="Clean accuracy",
        before=report.before.clean_accuracy,
        after=report.after.clean_accuracy,
    )


def _of_attack(attack: Attack) -> Group:
    before, after = attack.before, attack.after
    target = before.target_label
    return Group(
        name=attack.name,
        note="targets of their own" if target is None else f"target class {target}",
        measures=(
            Measure(name=_ATTACK_SUCCESS, before=attack.before_rate, after=attack.after_rate),
            Measure(
                name="Robust accuracy", before=before.robust_accuracy, after=after.robust_accuracy
            ),
            Measure(name="Floor", before=before.floor, after=after.floor),
            Measure(name=EXCESS, before=_excess(before), after=_excess(after)),
        ),
    )


#: Of all figures the one that may be below zero.
EXCESS = "Excess"
_ATTACK_SUCCESS = "Attack success rate"
_NO_ATTACK = Group(
    name="Poisoned test images",
    measures=(Measure(name=_ATTACK_SUCCESS, before=None, after=None),),
)
#: What each figure says, for who meets it first.
MEANINGS: Mapping[str, str] = types.MappingProxyType(
    {
        "Clean accuracy": "share of clean test images put in their class; higher is better.",
        _ATTACK_SUCCESS: "share of poisoned images put in the target class; lower is better.",
        "Robust accuracy": "share of poisoned images put in their true class; higher is better.",
        "Floor": "share of clean images of other classes that land in the target anyway; "
        "no repair can be asked to go below.",
        EXCESS: "attack success rate minus floor: what the trigger adds; near 0 is best.",
    }
)


def _excess_after(attack: Attack) -> float:
    assert attack.after_rate is not None
    floor = attack.after.floor
    return attack.after_rate.value - (floor.value if floor else 0.0)


def _is_halved(attack: Attack) -> bool:
    assert attack.before_rate is not None
    assert attack.after_rate is not None
    return attack.after_rate.value <= attack.before_rate.value / 2
