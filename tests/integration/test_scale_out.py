"""Two machines work on one queue, and one of them is lost."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from service import artifacts, db, queue
from service.jobs import count_by_queue
from tests import brokers, workshop
from tests.stores import store, store_server
from worker import dispatcher

__all__ = ["store", "store_server"]

REPOSITORY = Path(__file__).parents[2]
N_JOBS = 14

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(postgresql_settings, store, tmp_path):
    """What the machines share: PostgreSQL, a broker, a bucket, and a dispatcher."""
    with brokers.valkey() as broker_url, contextlib.ExitStack() as stack:
        settings = store.settings(
            database_url=postgresql_settings.database_url, broker_url=broker_url
        )
        names = ("database_url", "broker_url", "storage_url", "s3_endpoint_url")
        shared = {name: getattr(settings, name) for name in names}
        made = stack.enter_context(workshop.workshop(tmp_path / "web", **shared))
        stack.enter_context(_dispatched(made.services))
        yield made


@contextlib.contextmanager
def _dispatched(services):
    over = threading.Event()
    thread = threading.Thread(
        target=dispatcher.run,
        args=(services.engine, queue.make_app(services.settings), services.settings),
        kwargs={"is_over": over.is_set},
    )
    thread.start()
    yield
    over.set()
    thread.join()


@contextlib.contextmanager
def machine(shop, folder):
    """A worker with a state folder of its own; it shares no file with another."""
    settings = shop.services.settings
    environment = {
        **os.environ,
        "NETMEND_STATE_FOLDER": str(folder),
        "NETMEND_DATABASE_URL": settings.database_url,
        "NETMEND_BROKER_URL": settings.broker_url,
        "NETMEND_STORAGE_URL": settings.storage_url,
        "NETMEND_S3_ENDPOINT_URL": settings.s3_endpoint_url,
        "NETMEND_LEASE_S": "3",
        "NETMEND_HEARTBEAT_S": "0.3",
        "NETMEND_TEST_SCRIPT": "SLOW",
    }
    options = ["-Q", "cpu", "-c", "1", "-n", f"{folder.name}@%h", "--without-mingle"]
    command = [sys.executable, "-m", "celery", "-A", "tests.scripted", "worker", *options]
    with subprocess.Popen(command, env=environment, cwd=REPOSITORY) as process:
        try:
            yield process
        finally:
            lose(process)


def lose(process):
    """All processes of a machine at once, as when its power goes."""
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    for each in (process, *family):
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()


def wait(condition, patience_s=60.0):
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def attempts_in(folder):
    """Attempts at jobs that a machine is making."""
    return list((folder / "jobs").glob("*.*/results"))


def n_open(shop):
    with db.session_scope(shop.services.engine, read_only=True) as session:
        return sum(sum(states.values()) for states in count_by_queue(session).values())


def results(shop, job_ids):
    """What the jobs made, read back from the bucket: which attempt wrote it."""
    for job_id in job_ids:
        with db.session_scope(shop.services.engine, read_only=True) as session:
            made = {each.name: each for each in artifacts.list_artifacts(session, job_id)}
        with shop.services.storage.open(made["repaired.h5"].sha256) as stream:
            yield stream.read().decode()


def test_two_machines_finish_a_batch_while_one_of_them_is_lost(shop, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    job_ids = [shop.repair_job() for _ in range(N_JOBS)]
    with machine(shop, first) as lost, machine(shop, second):
        wait(lambda: n_open(shop) <= N_JOBS - 4 and attempts_in(second))
        wait(lambda: not attempts_in(first))
        wait(lambda: attempts_in(first))  # it has just begun the next one
        lose(lost)
        wait(lambda: n_open(shop) == 0)
    jobs = [shop.job(job_id) for job_id in job_ids]
    assert {job.state for job in jobs} == {"succeeded"}
    assert sum(job.losses for job in jobs) == 1
    assert all(shop.states(job.id).count("succeeded") == 1 for job in jobs)
    assert len({job.worker_id for job in jobs}) == 2
    assert list(results(shop, job_ids)) == [f"{job.id}.{job.attempt}" for job in jobs]
