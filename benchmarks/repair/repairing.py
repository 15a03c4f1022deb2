"""Stage B, the part behind the border: one repair, in a process that has only clean images.

Run by `running`: python -m benchmarks.repair.repairing FOLDER. The folder holds ``task.json``, the
net and the clean images; the repaired net and ``done.json`` are written into it.
"""

import json
import os
import re
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from core import catalogue, methods, modelfile, models, pipeline
from core.results import Event

from .devices import one_thread
from .files import read_arrays, write_whole
from .validation import validation

#: Stages in which an event is the end of an epoch.
_EPOCHS = "finetune"


class _Clock:
    """Looks at the CPU time whenever the method tells of an epoch."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def __call__(self, event: Event) -> None:
        if event.stage == _EPOCHS and event.metric:
            self.times.append(time.process_time())

    @property
    def epoch(self) -> float | None:
        """Median CPU seconds of an epoch."""
        gaps = [later - earlier for earlier, later in zip(self.times, self.times[1:], strict=False)]
        return median(gaps) if gaps else None


def main() -> None:
    """Repair what lies in the folder."""
    one_thread()
    folder = Path(sys.argv[1])
    write_whole(folder / "done.json", json.dumps(_repaired(folder)))


def _repaired(folder: Path) -> dict[str, Any]:
    task = json.loads((folder / "task.json").read_text())
    file = modelfile.read(folder / "net.h5")
    model = models.build(file)
    clean = read_arrays(folder / "clean_validation.npz")
    more = folder / "unlabelled.npz"
    unlabelled = read_arrays(more)["images"] if more.exists() else None
    pipeline.make_repeatable(task["seed"])
    clock, start_mib = _Clock(), _peak_mib()
    began, began_cpu = time.monotonic(), time.process_time()
    repair = methods.METHODS[task["method"]](
        model,
        validation(clean["images"], clean["labels"], seed=task["seed"], unlabelled=unlabelled),
        params=catalogue.parse(task["method"], task["params"]),
        max_accuracy_drop=task["budget"],
        execution=methods.Execution(seed=task["seed"], on_event=clock),
    )
    cost = {
        "seconds": round(time.monotonic() - began, 3),
        "cpu_seconds": round(time.process_time() - began_cpu, 3),
        "peak_mib": round(_peak_mib(), 1),
        "start_mib": round(start_mib, 1),
        "epoch_cpu_seconds": clock.epoch,
    }
    modelfile.write(models.captured(file, repair.model), folder / "repaired.h5")
    return {"cost": cost, **_told(repair)}


def _told(repair: methods.Repair) -> dict[str, Any]:
    selection, diagnosis = repair.selection, repair.diagnosis
    return {
        "select": [selection.select_accuracy_before, selection.select_accuracy_after],
        "is_unchanged": repair.is_unchanged,
        "suspects": list(diagnosis.targets) if diagnosis else [],
        "warnings": list(repair.warnings),
    }


def _peak_mib() -> float:
    # Not from getrusage: a process begins with the peak of the one that started it there, and that
    # holds TensorFlow and all images.
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(peak) / 1024


if __name__ == "__main__":
    main()
