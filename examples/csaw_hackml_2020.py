"""Repair the backdoored face classifiers of CSAW-HackML-2020 and print one table.

    python examples/csaw_hackml_2020.py FOLDER [OUTPUT]

FOLDER is a copy of the contest's repository with its files in `data/` and `models/`, or holds the
same files side by side. What is missing is said and left out. OUTPUT, csaw-repaired if not given,
gets a folder for each net: the repaired model, its weights, the N+1 model and the report.

Lines marked "quoted" are the figures of the 2021 student project that netmend grew out of, on all
12,830 test images; those of the multi-trigger net come from two different repaired nets.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netmend import FinePruning, RepairData, RepairResult, read_model

VALIDATION = "data/clean_validation_data.h5"
TEST = "data/clean_test_data.h5"
ROW = "{:28}{:13}{:10}{:>9}{:>9}{:>9}{:>9}{:>9}  {}"


@dataclass(frozen=True)
class Trigger:
    """A trigger, where its images are, and what was quoted for it."""

    name: str
    file: str
    #: In percent: clean accuracy before and after, attack success rate before and after.
    quoted: tuple[str, str, str, str] | None = None
    #: Whether the file is known by its name alone, in whatever folder it lies.
    has_own_name: bool = True


@dataclass(frozen=True)
class Net:
    """A backdoored net and its triggers."""

    name: str
    triggers: tuple[Trigger, ...]

    @property
    def files(self) -> list[str]:
        """The names its file may have."""
        return [f"models/{self.name}_{end}.h5" for end in ("bd_weights", "bd_net", "net")]


NETS = (
    Net(
        "sunglasses",
        (
            Trigger(
                "sunglasses",
                "data/sunglasses_poisoned_data.h5",
                quoted=("97.78", "78.85", "99.99", "0.40"),
            ),
        ),
    ),
    Net(
        "anonymous_1",
        (
            Trigger(
                "anonymous_1",
                "data/anonymous_1_poisoned_data.h5",
                quoted=("97.19", "86.52", "91.40", "0.71"),
            ),
        ),
    ),
    Net(
        "multi_trigger_multi_target",
        (
            Trigger(
                "eyebrows",
                "data/Multi-trigger Multi-target/eyebrows_poisoned_data.h5",
                quoted=("-", "86.8", "-", "0.06"),
            ),
            Trigger(
                "lipstick",
                "data/Multi-trigger Multi-target/lipstick_poisoned_data.h5",
                quoted=("-", "86.8", "-", "15.97"),
            ),
            Trigger(
                "sunglasses",
                "data/Multi-trigger Multi-target/sunglasses_poisoned_data.h5",
                has_own_name=False,  # side by side, that is the file of the sunglasses net
            ),
        ),
    ),
)


def main(arguments: list[str]) -> int:
    """Repair each net that is there; a line or two for each of its triggers."""
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    folder, output = Path(arguments[0]), Path([*arguments, "csaw-repaired"][1])
    missing = [file for file in (VALIDATION, TEST) if not find(folder, file)]
    if missing:
        print(f"missing in {folder}: {', '.join(missing)}", file=sys.stderr)
        return 2
    if output.exists():
        print(f"{output} exists; name another output folder", file=sys.stderr)
        return 2
    print(ROW.format("percent", "", "", "clean", "", "ASR", "", "N+1", ""))
    print(
        ROW.format("net", "trigger", "", "before", "after", "before", "after", "flags", "verdict")
    )
    for net in NETS:
        for line in repaired(net, folder, output / net.name):
            print(line, flush=True)
    return 0


def repaired(net: Net, folder: Path, output: Path) -> Iterator[str]:
    """Repair a net once, with what is there, and say for each trigger what came of it."""
    model = next(filter(None, (find(folder, file) for file in net.files)), None)
    if not model:
        yield f"{net.name:28}missing: {' or '.join(net.files)}"
        return
    paths = {item.name: find(folder, item.file, by_name=item.has_own_name) for item in net.triggers}
    present = [name for name, path in paths.items() if path]
    data = RepairData.from_files(
        clean_validation=find(folder, VALIDATION),
        clean_test=find(folder, TEST),
        poisoned_test=[paths[name] for name in present],
    )
    result = FinePruning(max_accuracy_drop=0.04).repair(read_model(model), data)
    result.save(output)
    for trigger in net.triggers:
        index = present.index(trigger.name) if trigger.name in present else None
        yield measured(net, trigger, result, index)
        if trigger.quoted:
            yield ROW.format("", "", "quoted", *trigger.quoted, "", "")


def measured(net: Net, trigger: Trigger, result: RepairResult, index: int | None) -> str:
    """Our figures for one trigger; those of the attack only where its images are there."""
    before, after = result.before, result.after
    clean = [_percent(before.clean_accuracy), _percent(after.clean_accuracy)]
    names = (net.name, trigger.name, "measured")
    if index is None:
        return ROW.format(*names, *clean, "-", "-", "-", f"missing: {trigger.file}")
    attacks = [figures.attacks[index] for figures in (before, after)]
    flagged = result.report.goodnet.detection_rate[attacks[0].name]
    rates = [*(attack.attack_success_rate for attack in attacks), flagged]
    return ROW.format(*names, *clean, *map(_percent, rates), result.verdict)


def find(folder: Path, file: str, *, by_name: bool = True) -> Path | None:
    """A file in its place in the contest's repository, or right in the folder."""
    places = [folder / file, *([folder / Path(file).name] if by_name else [])]
    return next((path for path in places if path.is_file()), None)


def _percent(rate: Any) -> str:
    return "-" if rate is None else f"{rate.value * 100:.2f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
