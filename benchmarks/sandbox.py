"""What it costs a job to be locked up: the same evaluation with and without, in turn.

Each job has a child of its own that is warm before it is asked, as in a worker. *asked* is from the
request to the end of the child; *lock* is what the locks themselves take in it, both together.
Run: python -m benchmarks.sandbox
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from core import children
from core.children import Child
from core.requests import DemoRequest, EvaluateRequest, TestInputs

_ROUNDS = 9
#: The child that does the work; a file says that it is warm, and its log what locking took.
_LOCKED = """
import os, sys, time
from core import __main__ as child, confinement
took = []
def timed(function):
    def call(*arguments):
        began = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            took.append(time.perf_counter() - began)
    return call
def warm_up(ours=child._warm_up):
    begun = ours()
    open("warm", "w").close()
    return begun
confinement.begin, confinement._lock = timed(confinement.begin), timed(confinement._lock)
child._warm_up = warm_up
code = child.main()
print("took", sum(took), file=sys.stderr, flush=True)
os._exit(code)
"""
#: The same, which is locked up in nothing.
_UNLOCKED = """
from core import sandbox
def lock(*_):
    return sandbox.SandboxState(landlock_abi=0, seccomp=False)
sandbox.lock, sandbox.narrow, sandbox.limit = lock, lock, lock
"""


def main() -> None:
    """Print the medians of both, and their difference."""
    programs = {"locked up": _LOCKED, "not locked up": _UNLOCKED + _LOCKED}
    asked: dict[str, list[float]] = {name: [] for name in programs}
    took: dict[str, list[float]] = {name: [] for name in programs}
    answers = set()
    with tempfile.TemporaryDirectory() as name:
        request = _request(Path(name))
        for _ in range(_ROUNDS):
            for side, program in programs.items():
                seconds, in_locks, answer = _run(program, request, Path(name))
                asked[side].append(seconds)
                took[side].append(in_locks)
                answers.add(answer)
    for side in programs:
        _tell(f"{side}: asked {_ms(asked[side])}, lock {_ms(took[side])} (medians of {_ROUNDS})")
    differences = [a - b for a, b in zip(*asked.values(), strict=True)]
    _tell(f"a job takes longer by {_ms(differences)} (median of the pairs)")
    _tell(f"answers {'equal' if len(answers) == 1 else 'DIFFER'}")


def _request(folder: Path) -> dict[str, object]:
    """An evaluation of the demo's net on its test set."""
    for part in ("demo", "jobs"):
        (folder / part).mkdir()
    demo = {"kind": "demo", "request": DemoRequest(output=str(folder / "demo")).to_json()}
    made = children.run(demo, on_event=lambda _: None, folder=folder / "demo")
    children.ingest_model(Path(made["model"]), folder / "jobs" / "model")
    children.ingest_images(Path(made["clean_test"]), folder / "jobs" / "test")
    wanted = EvaluateRequest(
        model=str(folder / "jobs" / "model"),
        tests=TestInputs(clean=str(folder / "jobs" / "test")),
        preprocessing="/255",
    )
    return {"kind": "evaluate", "request": wanted.to_json()}


def _run(program: str, request: dict[str, object], folder: Path) -> tuple[float, float, str]:
    """Seconds from the request on, seconds in the locks, and the answer."""
    warm, job = folder / "jobs" / "warm", folder / "jobs" / "job"
    warm.unlink(missing_ok=True)
    job.mkdir(exist_ok=True)
    child = Child([sys.executable, "-I", "-P", "-c", program, "--warm"], folder / "jobs")
    while child.is_running() and not warm.exists():
        time.sleep(0.01)
    began = time.perf_counter()
    answer = children.run_in(child, request, on_event=lambda _: None, folder=job)
    seconds = time.perf_counter() - began
    (line,) = [line for line in child.log.text().splitlines() if line.startswith("took ")]
    return seconds, float(line.split()[1]), repr(answer)


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f} ms"


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
