"""What `netmend up` adds to the work itself, on a net so small that it would show.

First: from before `POST /jobs` to the first event of the runner in the database, one job at a time,
with an idle worker and a warm runner. Then: 30 jobs at once, and which part of the time from the
first claim to the last end the slot spent inside `core`, that is between the first event of a
runner and the end of its process. Run: python -m benchmarks.overhead
"""

import contextlib
import datetime
import itertools
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from netmend import Client, JobCreate, JobData
from netmend.demo import DemoFiles, make_demo
from service.schemas import JobView

from . import serving

_N_ALONE, _N_TOGETHER = 20, 30
_LOOK_S, _IDLE_S, _PATIENCE_S = 0.05, 0.5, 120.0


@dataclass(frozen=True)
class _Busy:
    """One job of many: seconds since 1970."""

    claimed: float
    first_event: float
    runner_ended: float
    ended: float


def main() -> None:
    """Print both figures."""
    with tempfile.TemporaryDirectory(prefix="nm") as name:
        files = make_demo(Path(name) / "demo")
        with serving.up(Path(name) / "up") as server, Client(server.url, server.token) as client:
            asked = _given(client, files)
            waits = [_wait_for_first_event(client, server.process, asked) for _ in range(_N_ALONE)]
            _print_waits(waits)
            _wait_for_warm_runner(server.process)
            with _runners(server.process) as ends:
                jobs = [client.jobs.submit(_with_seed(asked, n)) for n in range(_N_TOGETHER)]
                done = [client.jobs.wait(job.id) for job in jobs]
            _print_shares(_busy(client, done, ends))


def _given(client: Client, files: DemoFiles) -> JobCreate:
    """A repair of the demo's model with the defaults of the default method."""
    model = client.models.add(files.model)
    images = {
        "clean_validation": client.datasets.add(files.clean_validation),
        "clean_test": client.datasets.add(files.clean_test),
        "poisoned_test": client.datasets.add(files.poisoned_test, role="poisoned"),
    }
    client.models.wait(model.id)
    ready = {role: client.datasets.wait(item.id).id for role, item in images.items()}
    data = JobData(
        clean_validation=ready["clean_validation"],
        clean_test=ready["clean_test"],
        poisoned_test=(ready["poisoned_test"],),
    )
    return JobCreate(model=model.id, data=data, method="fine-pruning")


def _with_seed(asked: JobCreate, seed: int) -> JobCreate:
    return asked.model_copy(update={"seed": seed})


def _wait_for_first_event(client: Client, up: psutil.Process, asked: JobCreate) -> float:
    """Seconds from before the request to the moment that the first event was written down."""
    short = asked.model_copy(update={"method": "fine-tuning", "params": {"epochs": 1}})
    _wait_for_warm_runner(up)
    began = time.time()
    job = client.jobs.submit(short)
    client.jobs.wait(job.id)
    return _first_event(client, job) - began


def _first_event(client: Client, job: JobView) -> float:
    return next(
        event.at for event in client.jobs.events(job.id) if event.type == "progress"
    ).timestamp()


def _wait_for_warm_runner(up: psutil.Process) -> None:
    """Until there is a spare runner that has loaded what it needs, and does nothing."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        before = {child.pid: sum(child.cpu_times()[:2]) for child in _spares(up)}
        time.sleep(_IDLE_S)
        after = {child.pid: sum(child.cpu_times()[:2]) for child in _spares(up)}
        if before and before == after and all(after.values()):
            return
    raise TimeoutError("no runner gets warm")


def _spares(up: psutil.Process) -> list[psutil.Process]:
    """The runners of all workers."""
    found = []
    for process in up.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "--warm" in process.cmdline():
                found.append(process)
    return found


@contextlib.contextmanager
def _runners(up: psutil.Process) -> Iterator[list[float]]:
    """When runners ended while this lasts, in order; looked at from outside."""
    ends: list[float] = []
    is_over = threading.Event()

    def look() -> None:
        known: set[psutil.Process] = set()
        while not is_over.wait(_LOOK_S):
            ended = {child for child in known if not _works(child)}
            ends.extend([time.time()] * len(ended))
            known = (known | set(_spares(up))) - ended

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield ends
    finally:
        is_over.set()
        watch.join()


def _works(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _busy(client: Client, done: Sequence[JobView], ends: Sequence[float]) -> list[_Busy]:
    """The jobs of one slot, in the order in which they were done."""
    assert all(job.state == "succeeded" for job in done)
    firsts = {job.id: _first_event(client, job) for job in done}
    jobs = [
        _Busy(
            claimed=_seconds(job.started_at),
            first_event=firsts[job.id],
            runner_ended=min(end for end in ends if end > firsts[job.id]),
            ended=_seconds(job.finished_at),
        )
        for job in done
    ]
    return sorted(jobs, key=lambda job: job.claimed)


def _seconds(moment: datetime.datetime | None) -> float:
    assert moment is not None
    return moment.timestamp()


def _print_waits(waits: Sequence[float]) -> None:
    print("\n| from POST /jobs to the runner's first event, ms: median | least | most | n |")
    print("|---|---|---|---|")
    figures = (statistics.median(waits), min(waits), max(waits))
    print(f"| {' | '.join(f'{1000 * item:.0f}' for item in figures)} | {len(waits)} |", flush=True)


def _print_shares(jobs: Sequence[_Busy]) -> None:
    total = jobs[-1].ended - jobs[0].claimed
    parts = {
        "inside core: first event to the end of the runner": sum(
            job.runner_ended - job.first_event for job in jobs
        ),
        "before: claim to first event": sum(job.first_event - job.claimed for job in jobs),
        "after: end of the runner to end of the job": sum(
            job.ended - job.runner_ended for job in jobs
        ),
        "between: end of a job to the next claim": sum(
            later.claimed - earlier.ended for earlier, later in itertools.pairwise(jobs)
        ),
    }
    print(f"\n{len(jobs)} jobs in one slot, {total:.1f} s from the first claim to the last end\n")
    print("| part of the time of the slot | s | share |")
    print("|---|---|---|")
    for name, seconds in parts.items():
        print(f"| {name} | {seconds:.1f} | {seconds / total:.1%} |", flush=True)


if __name__ == "__main__":
    main()
