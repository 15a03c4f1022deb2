"""What each method does to the real nets with its defaults; nothing is chosen by what comes out.

Run: python -m benchmarks.repairs
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.catalogue import METHODS
from core.percentages import percent
from core.results import Rate, RepairReport

from . import shared_data


@dataclass(frozen=True)
class _Case:
    """A net and its sets, in a folder of the shared data."""

    folder: str
    model: str
    validation: str
    test: str
    poisoned: tuple[str, ...]


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


def main() -> None:
    """Print a Markdown table, one row a net, method and trigger."""
    print(
        "| net | method | clean accuracy | trigger | attack success | floor after | verdict | s |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for case in _CASES:
        for method in METHODS:
            for row in _rows(case, method, _repaired(case, method)):
                print(f"| {' | '.join(row)} |", flush=True)


def _repaired(case: _Case, method: str) -> RepairReport:
    root = shared_data.folder() / case.folder
    poisoned = [part for name in case.poisoned for part in ("--poisoned-test", root / name)]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            Path(sys.executable).with_name("netmend"), "repair", root / case.model,
            "--clean-validation", root / case.validation, "--clean-test", root / case.test,
            *poisoned, "--method", method, "--quiet", "--json", "-o", Path(folder) / "out",
        ]  # fmt: skip
        done = subprocess.run([*map(str, command)], check=True, capture_output=True, text=True)
    return RepairReport.from_json(json.loads(done.stdout))


def _rows(case: _Case, method: str, report: RepairReport) -> Iterator[tuple[str, ...]]:
    accuracy = _change(report.before.clean_accuracy, report.after.clean_accuracy)
    for before, after in zip(report.before.attacks, report.after.attacks, strict=True):
        yield (
            case.model.removesuffix(".h5"),
            method,
            accuracy,
            after.name,
            _change(before.attack_success_rate, after.attack_success_rate),
            percent(after.floor.value) if after.floor else "not measured",
            report.verdict,
            f"{report.seconds:.0f}",
        )


def _change(before: Rate | None, after: Rate | None) -> str:
    assert before is not None and after is not None
    return f"{percent(before.value)} → {percent(after.value)}"


if __name__ == "__main__":
    main()
