"""The faults. Each takes the system and a source of chance, and says what it did."""

import random
import signal
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil
import sqlalchemy as sa

from netmend.client import Client, ProblemError
from service import db, queue
from service.errors import DatabaseUnavailable, QueueUnavailable
from service.tables import Job

from .programs import Program
from .systems import LEASE_S, Combination, System
from .waiting import wait_until

_PATIENCE_S = 10.0
_UPLOAD_BYTES = 3_000_000


class NothingToHit(Exception):
    """The fault has found no victim."""


def kill_worker(system: System, rng: random.Random) -> str:
    """Kill a worker with all of its processes but the runners, which have to die with it."""
    worker = _alive(rng, system.workers)
    worker.send_all(signal.SIGKILL)
    return worker.name


def kill_pool_process(system: System, rng: random.Random) -> str:
    """Kill one of the processes of a worker that do the jobs."""
    return _killed(rng, [slot for worker in system.workers for slot in _children(worker.pid)])


def kill_runner(system: System, rng: random.Random) -> str:
    """Kill a child that works; a spare one if none does."""
    slots = [slot for worker in system.workers for slot in _children(worker.pid)]
    runners = [runner for slot in slots for runner in _children(slot.pid)]
    busy = [runner for runner in runners if _is_busy(runner, system.settings.job_folder)]
    return _killed(rng, busy or runners)


def kill_dispatcher(system: System, rng: random.Random) -> str:
    """Kill the dispatcher."""
    _alive(rng, [system.dispatcher]).send_all(signal.SIGKILL)
    return ""


def kill_web(system: System, rng: random.Random) -> str:
    """Kill the web server, in the middle of whatever it answers."""
    _alive(rng, [system.web]).send_all(signal.SIGKILL)
    return ""


def kill_broker(system: System, rng: random.Random) -> str:
    """Kill the broker; Valkey forgets all messages then."""
    _alive(rng, [system.broker.program]).send_all(signal.SIGKILL)
    return ""


def flush_broker(system: System, _: random.Random) -> str:
    """FLUSHALL; with RabbitMQ, purge all queues."""
    _need_broker(system)
    system.broker.flush()
    return ""


def drop_messages(system: System, _: random.Random) -> str:
    """Take away the messages that wait."""
    _need_broker(system)
    n_messages = system.broker.drop()
    if not n_messages:
        raise NothingToHit
    return f"{n_messages} messages"


def repeat_messages(system: System, rng: random.Random) -> str:
    """Send messages about jobs of any state, three times each."""
    _need_broker(system)
    app = queue.make_app(system.settings)
    found = _jobs(system)
    chosen = rng.sample(found, min(3, len(found)))
    try:
        for job_id, on in 3 * chosen:
            queue.send(app, on, job_id)
    except QueueUnavailable as error:
        raise NothingToHit from error
    finally:
        app.close()
    return f"{len(chosen)} jobs"


def stop_worker(system: System, rng: random.Random) -> str:
    """Stop a worker for longer than its lease; its runners go on meanwhile."""
    worker = _alive(rng, system.workers)
    worker.send_all(signal.SIGSTOP)
    time.sleep(LEASE_S * rng.uniform(1.3, 1.8))
    worker.send_all(signal.SIGCONT)
    return worker.name


def end_worker(system: System, rng: random.Random) -> str:
    """Tell a worker to end, as a deployment does; it gives its jobs back."""
    worker = _alive(rng, system.workers)
    worker.send(signal.SIGTERM)
    return worker.name


def restart_database(system: System, _: random.Random) -> str:
    """Stop PostgreSQL as a power cut would, and start it again."""
    system.database.restart()
    return ""


def fill_disk_under_results(system: System, rng: random.Random) -> str:
    """Fill the disk when a job is about to write its results, for a moment."""
    wait_until(lambda: _is_about_to_write(system), patience_s=_PATIENCE_S, what="a job ends")
    _fill(system, rng)
    try:
        time.sleep(rng.uniform(1.0, 2.5))
    finally:
        system.disk.empty()
    return ""


def fill_disk_under_upload(system: System, rng: random.Random) -> str:
    """Fill the disk while a file arrives; it has to arrive when there is room again."""
    with Client(system.url, system.token) as client, tempfile.NamedTemporaryFile() as file:
        file.write(rng.randbytes(_UPLOAD_BYTES))
        file.flush()
        _fill(system, rng)
        try:
            client.uploads.send(file.name)
            refusal = "not refused"
        except ProblemError as error:
            refusal = error.code
        finally:
            system.disk.empty()
    return refusal


Fault = Callable[[System, random.Random], str]

#: Fault to how often it comes, compared with the others.
WEIGHTS: Mapping[Fault, int] = {
    kill_worker: 3,
    kill_pool_process: 2,
    kill_runner: 3,
    kill_dispatcher: 2,
    kill_web: 2,
    kill_broker: 2,
    flush_broker: 2,
    drop_messages: 2,
    repeat_messages: 3,
    stop_worker: 2,
    end_worker: 1,
    restart_database: 2,
    fill_disk_under_results: 2,
    fill_disk_under_upload: 2,
}
BY_NAME: Mapping[str, Fault] = {name_of.__name__: name_of for name_of in WEIGHTS}


def weights(combination: Combination, *, has_small_disk: bool) -> dict[str, int]:
    """Name to weight of the faults that a combination knows."""
    unknown: set[Fault] = set() if combination.database == "PostgreSQL" else {restart_database}
    if not has_small_disk:
        unknown |= {fill_disk_under_results, fill_disk_under_upload}
    return {fault.__name__: weight for fault, weight in WEIGHTS.items() if fault not in unknown}


def _alive(rng: random.Random, programs: Sequence[Program]) -> Program:
    found = [program for program in programs if program.pid]
    if not found:
        raise NothingToHit
    return rng.choice(found)


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children() if pid else []
    except psutil.NoSuchProcess:
        return []


def _killed(rng: random.Random, victims: Sequence[psutil.Process]) -> str:
    if not victims:
        raise NothingToHit
    victim = rng.choice(victims)
    try:
        victim.kill()
    except psutil.NoSuchProcess as error:
        raise NothingToHit from error
    return str(victim.pid)


def _is_busy(runner: psutil.Process, job_folder: Path) -> bool:
    try:
        folder = Path(f"/proc/{runner.pid}/cwd").readlink()
    except OSError:
        return False
    return job_folder in folder.parents


def _need_broker(system: System) -> None:
    if not system.broker.answers():
        raise NothingToHit


def _jobs(system: System) -> list[tuple[str, str]]:
    """Ids and queues of all jobs."""
    try:
        with db.session_scope(system.engine, read_only=True) as session:
            rows = session.execute(sa.select(Job.id, Job.queue).order_by(Job.id)).all()
    except DatabaseUnavailable as error:
        raise NothingToHit from error
    return [(row.id, row.queue) for row in rows]


def _is_about_to_write(system: System) -> bool:
    is_near = Job.progress_current >= Job.progress_total - 1
    try:
        with db.session_scope(system.engine, read_only=True) as session:
            return bool(session.scalar(sa.select(Job.id).where(Job.state == "running", is_near)))
    except DatabaseUnavailable as error:
        raise NothingToHit from error


def _fill(system: System, rng: random.Random) -> None:
    system.disk.fill(left_bytes=rng.choice([0, 60_000, 1_300_000]))
