"""Stage B: every method on every net, each repair in a process that never sees a trigger."""

import hashlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core import catalogue, errors, modelfile, models, provenance

from . import measuring, nets, returning, rows, sources
from .cells import Cell, Judge, Net
from .files import write_arrays
from .measuring import Answers, Exam, Figures
from .methodcode import method_hash
from .rows import Cost, Row

_REPOSITORY = Path(__file__).resolve().parents[2]
#: Clean accuracy that a repair may cost, as a share of all images: netmend's default.
BUDGET = 0.04
#: TensorFlow computes for one net at a time here; the repairs run elsewhere.
_MEASURING = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much is done, and how much at once."""

    workers: int = 2
    #: Begin nothing after so many seconds; ``None``: go on to the end.
    seconds: float | None = None
    #: A repair that takes longer is stopped, and is a row.
    repair_seconds: float = 3600.0


def run(work: Path, cells: Iterable[Cell], limits: Limits, tell: Callable[[Row], None]) -> None:
    """Measure all cells that have no row, or the row of another configuration.

    Args:
        work: Folder of nets and rows.
        cells: Of nets that are trained.
        limits: When to stop.
        tell: Called with each new row.
    """
    began = time.monotonic()

    def one(cell: Cell) -> None:
        if limits.seconds is not None and time.monotonic() - began > limits.seconds:
            return
        row = measured(work, cell, limits)
        rows.write(work, row)
        tell(row)

    with ThreadPoolExecutor(limits.workers) as pool:
        waiting = [pool.submit(one, cell) for cell in cells if not is_done(work, cell)]
        try:
            for each in waiting:
                each.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def is_done(work: Path, cell: Cell) -> bool:
    """Whether the cell has a row, and would come out the same now."""
    row = rows.read(work, cell)
    return row is not None and is_current(row)


def is_current(row: Row) -> bool:
    """Whether the row would come out the same now."""
    try:
        return row.config == config(row.cell)
    except errors.InvalidParams:  # the method or a parameter of it is no more
        return False


def config(cell: Cell) -> str:
    """Changes with the net, the images, the parameters, the seed or the code of the method.

    Raises:
        InvalidParams: There is no such method, or it has no such parameter.
    """
    treatment = cell.treatment
    depends = {
        "net": nets.recipe_hash(cell.net),
        "data": _fingerprint(cell.net.data),
        "method": treatment.method,
        "params": _params(cell),
        "budget": BUDGET,
        "seed": cell.seed,
        "judge": cell.judge,
        "code": method_hash(treatment.method),
        **({"given": cell.given} if cell.given else {}),
    }
    return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:16]


def measured(work: Path, cell: Cell, limits: Limits) -> Row:
    """Repair and measure; what goes wrong is a row as well."""
    facts: dict[str, Any] = {
        "cell": cell,
        "config": config(cell),
        "params": _params(cell),
        "budget": BUDGET,
        "code": _commit(),
        "versions": provenance.versions(),
    }
    with _MEASURING:
        exam, facts["before"], facts["reference"] = _known(work, cell.net, cell.judge)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_task(work, cell, folder)
        try:
            done = _repaired(folder, limits)
        except subprocess.TimeoutExpired:
            seconds = f"{limits.repair_seconds:.0f}"
            return Row(**facts, status="timeout", message=f"stopped after {seconds} s")
        except subprocess.CalledProcessError as error:
            return Row(**facts, status="failed", message=_last_line(error.stderr))
        with _MEASURING:
            outcome = _measured(work, cell, exam, folder)
    return Row(**facts, **done, **outcome, status="ok")


def _write_task(work: Path, cell: Cell, folder: Path) -> None:
    """All that the repair gets: a net, clean images, and what to do."""
    validation, others = _given(cell)
    write_arrays(
        folder / "clean_validation.npz",
        {"images": validation.images, "labels": validation.labels},
    )
    if others:
        write_arrays(folder / "unlabelled.npz", {"images": others.images})
    (folder / "net.h5").write_bytes(nets.path(work, cell.net).read_bytes())
    task = {
        "method": cell.treatment.method,
        "params": dict(cell.treatment.params),
        "seed": cell.seed,
        "budget": BUDGET,
    }
    (folder / "task.json").write_text(json.dumps(task))


def _given(cell: Cell) -> tuple[sources.Images, sources.Images | None]:
    """The clean images of the repair, and those that it gets without labels."""
    validation = sources.load(cell.net.data).validation
    if cell.n_clean is None:
        return validation, None
    known, others = validation.drawn(cell.n_clean, seed=cell.seed)
    return known, others if cell.has_unlabelled else None


def _repaired(folder: Path, limits: Limits) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.repair.repairing", str(folder)]
    subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=_REPOSITORY,
        timeout=limits.repair_seconds,
    )  # fmt: skip
    done = json.loads((folder / "done.json").read_text())
    return {
        "cost": Cost(**done["cost"]),
        "select": tuple(done["select"]),
        "is_unchanged": done["is_unchanged"],
        "suspects": tuple(done["suspects"]),
        "warnings": tuple(done["warnings"]),
    }


def _measured(work: Path, cell: Cell, exam: Exam, folder: Path) -> dict[str, Any]:
    model = models.build(modelfile.read(folder / "repaired.h5"))
    answers = measuring.answers(model, exam)
    write_arrays(work / "predictions" / f"{cell.name}.npz", measuring.as_arrays(answers))
    clean = sources.load(cell.net.data).validation
    return {
        "after": measuring.figures(answers, exam),
        "reactivated": tuple(returning.successes(model, exam, answers, clean, seed=cell.seed)),
    }


@cache
def _known(work: Path, net: Net, judge: Judge) -> tuple[Exam, Figures, tuple[float, ...]]:
    """The exam, what the net was worth before, and what a benign net says to the triggers."""
    exam = measuring.exam(net, sources.load(net.data), judge)
    before = measuring.answers(models.build(modelfile.read(nets.path(work, net))), exam)
    write_arrays(work / "predictions" / f"{net.name}--{judge}.npz", measuring.as_arrays(before))
    benign = nets.benign_answers(work, net, exam)
    return exam, measuring.figures(before, exam), tuple(_successes(benign, exam))


def _successes(benign: Answers | None, exam: Exam) -> Iterator[float]:
    if benign is not None:
        yield from (each.attack_success for each in measuring.figures(benign, exam).triggers)


def _params(cell: Cell) -> dict[str, Any]:
    treatment = cell.treatment
    return catalogue.as_dict(catalogue.parse(treatment.method, treatment.params))


@cache
def _fingerprint(data: str) -> str:
    images = sources.load(data)
    digest = hashlib.sha256(images.validation.images.tobytes())
    for part in (images.test, images.development):
        digest.update(part.images.tobytes())
    return digest.hexdigest()[:16]


@cache
def _commit() -> str:
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=_REPOSITORY, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain") else "")


def _last_line(text: str) -> str:
    lines = [line for line in (text or "").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no message"
