"""What methods do to the real nets with their defaults; nothing is chosen by what comes out.

Run: python -m benchmarks.repairs [--methods auto fine-pruning:order=apoz …] [--nets …]
     [--seeds 3]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.catalogue import DEFAULT_METHOD
from core.percentages import percent
from core.results import Rate, RepairReport, Spread

from . import shared_data
from .repair import treatments
from .repair.cells import Treatment


@dataclass(frozen=True)
class _Case:
    """A net and its sets, in a folder of the shared data."""

    folder: str
    model: str
    validation: str
    test: str
    poisoned: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the net."""
        return self.model.removesuffix(".h5")


_CASES = (
    _Case(
        "csaw",
        "sunglasses_bd_weights.h5",
        "clean_validation_data.h5",
        "clean_test_data.h5",
        ("sunglasses_poisoned_data.h5",),
    ),
    _Case(
        "cifar10",
        "badnets_bd_net.h5",
        "clean_validation.h5",
        "clean_test.h5",
        ("badnets_trigger0_poisoned.h5",),
    ),
    _Case(
        "cifar10",
        "multi_bd_net.h5",
        "clean_validation.h5",
        "clean_test.h5",
        tuple(f"multi_trigger{number}_poisoned.h5" for number in range(3)),
    ),
)


_COLUMNS = (
    "net", "method", "clean accuracy (over the seeds)", "trigger",
    "attack success (over the seeds)", "floor", "robust accuracy", "verdict",
)  # fmt: skip
_COLUMNS_AROUND = (
    "net", "method", "trigger", "re-activated by five images", "rule of the N+1 model",
    "flagged with the trigger", "flagged without",
)  # fmt: skip


def main() -> None:
    """Print two Markdown tables, one row a net, method and trigger: repairs, and N+1 models."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repairs", description=__doc__)
    parser.add_argument(
        "--methods", nargs="+", default=[DEFAULT_METHOD], help="NAME or NAME:param=value,…"
    )
    names = [case.name for case in _CASES]
    parser.add_argument("--nets", nargs="+", choices=names, default=names)
    parser.add_argument("--seeds", type=int, default=3, help="repairs of each net by each method")
    asked = parser.parse_args()
    chosen = [treatments.named(text) for text in asked.methods]
    _print(_COLUMNS, ["---"] * len(_COLUMNS))
    around: list[tuple[str, ...]] = []
    for case in (case for case in _CASES if case.name in asked.nets):
        for treatment in chosen:
            report = _repaired(case, treatment, asked.seeds)
            _print(*rows(case.name, treatment, report))
            around.extend(rows_around(case.name, treatment, report))
    print()
    _print(_COLUMNS_AROUND, ["---"] * len(_COLUMNS_AROUND), *around)


def _print(*lines: Sequence[str]) -> None:
    for line in lines:
        print(f"| {' | '.join(line)} |", flush=True)


def rows(name: str, treatment: Treatment, report: RepairReport) -> Iterator[tuple[str, ...]]:
    """The rows of one repair, one a trigger; behind a figure its range over the seeds."""
    accuracy = _change(report.before.clean_accuracy, report.after.clean_accuracy)
    spread = report.seeds
    ranges = {item.name: item for item in spread.attack_success_rate} if spread else {}
    for before, after in zip(report.before.attacks, report.after.attacks, strict=True):
        yield (
            name,
            treatment.name,
            accuracy + _range(spread.clean_accuracy if spread else None),
            after.name.removesuffix("_poisoned"),
            _change(before.attack_success_rate, after.attack_success_rate)
            + _range(ranges.get(after.name)),
            _figure(after.floor),
            _figure(after.robust_accuracy),
            report.verdict,
        )


def rows_around(name: str, treatment: Treatment, report: RepairReport) -> Iterator[tuple[str, ...]]:
    """What five poisoned images bring back, and what the N+1 model does; one row a trigger."""
    returned = {item.name: item.after for item in report.reactivation}
    goodnet = report.goodnet
    targets = f" ({', '.join(map(str, goodnet.targets))})" if goodnet.targets else ""
    for attack in report.after.attacks:
        yield (
            name,
            treatment.name,
            attack.name.removesuffix("_poisoned"),
            _figure(returned.get(attack.name)),
            goodnet.rule + targets,
            _figure(goodnet.detection_rate.get(attack.name)),
            _figure(goodnet.false_positive_rate),
        )


def _repaired(case: _Case, treatment: Treatment, n_seeds: int) -> RepairReport:
    root = shared_data.folder() / case.folder
    poisoned = [part for name in case.poisoned for part in ("--poisoned-test", root / name)]
    options = [part for item in treatment.params.items() for part in ("--set", "=".join(item))]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            Path(sys.executable).with_name("netmend"), "repair", root / case.model,
            "--clean-validation", root / case.validation, "--clean-test", root / case.test,
            *poisoned, "--method", treatment.method, *options, "--seeds", n_seeds,
            "--quiet", "--json", "-o", Path(folder) / "out",
        ]  # fmt: skip
        done = subprocess.run([*map(str, command)], check=True, capture_output=True, text=True)
    return RepairReport.from_json(json.loads(done.stdout))


def _figure(rate: Rate | None) -> str:
    return percent(rate.value) if rate else "not measured"


def _range(spread: Spread | None) -> str:
    if spread is None:
        return ""
    return f" ({percent(spread.low)} to {percent(spread.high)})"


def _change(before: Rate | None, after: Rate | None) -> str:
    assert before is not None and after is not None
    return f"{percent(before.value)} → {percent(after.value)}"


if __name__ == "__main__":
    main()
