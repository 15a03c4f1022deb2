"""Workers in processes of their own: they die at the worst moments, and real jobs go through."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import get_args

import numpy as np
import psutil
import pytest
import sqlalchemy as sa

from core import children
from service import artifacts, datasets, db, jobs, queue, workers
from service.schemas import JobCreate
from service.tables import Dataset, Job, Model
from tests import brokers, workshop
from tests.workshop import is_running
from worker import crashpoints, dispatcher, supervisor

REPOSITORY = Path(__file__).parents[2]

#: Digits are small and few, so there are more epochs.
DEMO_PARAMS = {"flip": False, "shift": 1, "epochs": 40, "batch_size": 32, "learning_rate": 0.01}

#: Does one job in a process that may die of it.
ONE_JOB = """
import sys
from pathlib import Path
from tests import workshop
from worker import supervisor
with workshop.workshop(Path(sys.argv[1])) as shop:
    supervisor.run(sys.argv[2], shop.services)
"""


@pytest.fixture
def shop(tmp_path):
    with workshop.workshop(tmp_path / "state") as shop:
        yield shop


@pytest.fixture
def any_shop(settings):
    """On SQLite, then on PostgreSQL."""
    with workshop.workshop(settings.state_folder, database_url=settings.database_url) as shop:
        yield shop


@pytest.fixture(scope="module")
def broker_url():
    with brokers.valkey() as url:
        yield url


@pytest.fixture
def queued_shop(tmp_path, broker_url):
    """A workshop with a broker of its own and a dispatcher, and no worker yet."""
    with workshop.workshop(tmp_path / "state", broker_url=broker_url) as shop:
        made, over = shop.services, threading.Event()
        dispatch = threading.Thread(
            target=dispatcher.run,
            args=(made.engine, queue.make_app(made.settings), made.settings),
            kwargs={"is_over": over.is_set},
        )
        dispatch.start()
        yield shop
        over.set()
        dispatch.join()


@contextlib.contextmanager
def celery_worker(shop, *, app="worker.app", **variables):
    """A worker as it is run in production; killed at the end if it is still there."""
    settings = shop.services.settings
    environment = {
        **os.environ,
        "NETMEND_STATE_FOLDER": str(settings.state_folder),
        "NETMEND_BROKER_URL": settings.broker_url,
        "NETMEND_LEASE_S": "3",
        "NETMEND_HEARTBEAT_S": "0.3",
        **variables,
    }
    options = ["-Q", "quick,cpu", "-c", "1", "--without-mingle", "--without-gossip"]
    command = [sys.executable, "-m", "celery", "-A", app, "worker", *options]
    with subprocess.Popen(command, env=environment, cwd=REPOSITORY) as process:
        try:
            yield process
        finally:
            process.kill()


def wait(condition, patience_s=120.0):
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def ended(shop, job_id):
    """The job, once it has come to an end."""
    wait(lambda: shop.job(job_id).state in ("succeeded", "failed", "canceled"))
    return shop.job(job_id)


def end_leases(shop):
    with db.session_scope(shop.services.engine) as session:
        leased = Job.lease_until.is_not(None)
        session.execute(sa.update(Job).where(leased).values(lease_until=1.0))


def files_of(shop, job_id):
    with db.session_scope(shop.services.engine, read_only=True) as session:
        return [item.name for item in artifacts.list_artifacts(session, job_id)]


def crash(shop, job_id, point):
    """Begin a job in a process that dies at a point of it."""
    command = [sys.executable, "-c", ONE_JOB, shop.services.settings.state_folder, job_id]
    database_url = shop.services.settings.database_url
    environment = {
        **os.environ, crashpoints.VARIABLE: point, "NETMEND_DATABASE_URL": database_url
    }  # fmt: skip
    ended = subprocess.run(command, env=environment, cwd=REPOSITORY)
    assert ended.returncode == crashpoints.EXIT_CODE


@pytest.mark.parametrize("point", get_args(crashpoints.CrashPoint))
def test_wherever_a_worker_dies_the_job_is_done_once(any_shop, point):
    job_id = any_shop.repair_job()
    crash(any_shop, job_id, point)
    end_leases(any_shop)
    any_shop.sweep()
    supervisor.run(job_id, any_shop.services)
    assert any_shop.job(job_id).state == "succeeded"
    assert any_shop.states(job_id).count("succeeded") == 1
    assert files_of(any_shop, job_id) == ["repaired.h5"]
    folder = any_shop.services.settings.job_folder
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize("point", get_args(crashpoints.CrashPoint))
def test_wherever_a_worker_dies_an_upload_is_checked_once(shop, point):
    content = io.BytesIO()
    np.savez(content, data=np.arange(120).reshape(2, 5, 4, 3), label=[0, 1])
    job_id = shop.intake_job(Dataset, content.getvalue())
    crash(shop, job_id, point)
    end_leases(shop)
    shop.sweep()
    supervisor.run(job_id, shop.services)
    assert shop.job(job_id).state == "succeeded"
    with db.session_scope(shop.services.engine, read_only=True) as session:
        dataset = datasets.get(session, shop.job(job_id).request["id"])
    assert (dataset.state, dataset.facts["n"]) == ("ready", 2)
    shop.services.storage.verify(dataset.canonical_sha256)


def test_a_worker_that_is_told_to_end_gives_its_job_back(queued_shop):
    job_id = queued_shop.repair_job()
    with celery_worker(queued_shop, app="tests.scripted", NETMEND_TEST_SCRIPT="HANG") as worker:
        wait(queued_shop.pid_file.exists)
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
    job = queued_shop.job(job_id)
    assert (job.state, job.losses) == ("queued", 0)
    assert not is_running(queued_shop.child_pid)
    with celery_worker(queued_shop, app="tests.scripted", NETMEND_TEST_SCRIPT="DONE"):
        assert ended(queued_shop, job_id).state == "succeeded"


@pytest.mark.slow
def test_a_worker_that_is_told_to_end_does_so_though_a_process_of_it_hangs(queued_shop):
    with celery_worker(queued_shop, NETMEND_CANCEL_GRACE_S="0") as worker:
        wait(lambda: _slots(queued_shop))
        (slot,) = psutil.Process(worker.pid).children()
        slot.suspend()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 1
        wait(lambda: not is_running(slot.pid), patience_s=5)


def _slots(shop):
    with db.session_scope(shop.services.engine, read_only=True) as session:
        return workers.list_workers(session, within_s=60)


def test_the_job_of_a_worker_that_was_killed_is_done_by_another(queued_shop):
    job_id = queued_shop.repair_job()
    with celery_worker(queued_shop, app="tests.scripted", NETMEND_TEST_SCRIPT="HANG") as worker:
        wait(queued_shop.pid_file.exists)
        worker.kill()
    os.kill(queued_shop.child_pid, signal.SIGKILL)  # the real child would have died by itself
    with celery_worker(queued_shop, app="tests.scripted", NETMEND_TEST_SCRIPT="DONE"):
        job = ended(queued_shop, job_id)
    assert (job.state, job.attempt, job.losses) == ("succeeded", 2, 1)


@pytest.fixture(scope="module")
def demo_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    request = {"kind": "demo", "request": {"output": str(folder), "seed": 0}}
    made = children.run(request, on_event=lambda _: None, folder=folder)
    return {role: Path(path) for role, path in made.items()}


def checked(shop, table, path, **options):
    """The id of an upload, once a worker has found it good."""
    job_id = shop.intake_job(table, path.read_bytes(), **options)
    assert ended(shop, job_id).state == "succeeded"
    return shop.job(job_id).request["id"]


def real_repair(shop, files):
    """A job that repairs the demo's model, once its files have been checked; its id."""
    data = {
        "clean_validation": checked(shop, Dataset, files["clean_validation"]),
        "clean_test": checked(shop, Dataset, files["clean_test"]),
        "poisoned_test": [checked(shop, Dataset, files["poisoned_test"], role="poisoned")],
    }
    model_id = checked(shop, Model, files["model"])
    with db.session_scope(shop.services.engine) as session:
        request = JobCreate(model=model_id, data=data, method="fine-pruning", params=DEMO_PARAMS)
        return jobs.submit(session, shop.owner_id, request).id


def check_repaired(shop, job_id):
    job = ended(shop, job_id)
    assert job.state == "succeeded", job.error
    assert job.verdict == "repaired"
    assert job.attack_success_rate_before > 0.9 > 0.2 > job.attack_success_rate_after
    assert {"report.json", "goodnet.h5", job.repaired_model_path} <= {*files_of(shop, job_id)}
    assert {"load", "prune"} <= {*shop.stages(job_id)}


@pytest.mark.slow
def test_a_real_model_is_checked_and_repaired(queued_shop, demo_files):
    with celery_worker(queued_shop):
        check_repaired(queued_shop, real_repair(queued_shop, demo_files))


@pytest.mark.slow
def test_a_worker_takes_its_real_child_along_and_another_does_the_job(queued_shop, demo_files):
    with celery_worker(queued_shop) as worker:
        job_id = real_repair(queued_shop, demo_files)
        wait(lambda: "prune" in queued_shop.stages(job_id))
        family = psutil.Process(worker.pid).children(recursive=True)
        worker.kill()
    wait(lambda: not any(is_running(process.pid) for process in family), patience_s=5)
    with celery_worker(queued_shop):
        check_repaired(queued_shop, job_id)
    assert queued_shop.job(job_id).losses == 1
