"""What children write to standard error becomes a file of the job, without paths of the machine."""

import pytest

from core.children import Child
from service import artifacts, db, jobs
from service.errors import InsufficientStorage
from tests import workshop
from worker import supervisor
from worker.joblog import JobLog

NOISE = "print(f'oh no, {os.getcwd()}', file=sys.stderr, flush=True);"


def logs_of(shop, job_id):
    with db.session_scope(shop.services.engine, read_only=True) as session:
        found = artifacts.list_artifacts(session, job_id)
    contents = {}
    for item in found:
        with shop.services.storage.open(item.sha256) as stream:
            contents[item.name] = stream.read().decode()
    return contents


@pytest.mark.parametrize("script", [workshop.DONE, workshop.FAIL])
def test_it_is_kept_however_the_job_ends(shop, script):
    job_id = shop.repair_job()
    supervisor.run(job_id, shop.with_children(NOISE + script).services)
    assert "oh no, ." in logs_of(shop, job_id)["log.txt"]


def test_it_is_kept_of_a_job_that_was_canceled(shop):
    noisy = shop.with_children(NOISE + workshop.HANG)
    job_id = shop.repair_job()
    with workshop.meanwhile(shop.pid_file.exists, lambda: _cancel(shop, job_id)):
        supervisor.run(job_id, noisy.services)
    assert shop.job(job_id).state == "canceled"
    assert "oh no" in logs_of(shop, job_id)["log.txt"]


def test_that_of_a_child_that_was_killed_is_kept_beside_the_last_one(shop):
    job_id = shop.repair_job()
    supervisor.run(job_id, shop.with_children(NOISE + workshop.KILLED).services)
    shop.sweep()
    supervisor.run(job_id, shop.with_children(NOISE + workshop.DONE).services)
    assert logs_of(shop, job_id).keys() == {"log-attempt-1.txt", "log.txt", "repaired.h5"}


def test_who_writes_nothing_has_no_log(shop):
    job_id = shop.repair_job()
    supervisor.run(job_id, shop.services)
    assert logs_of(shop, job_id).keys() == {"repaired.h5"}


def test_no_folder_of_the_server_is_told(shop):
    job_id = shop.repair_job()
    supervisor.run(job_id, shop.with_children(NOISE + workshop.DONE).services)
    assert str(shop.services.settings.state_folder) not in logs_of(shop, job_id)["log.txt"]


def test_a_log_that_cannot_be_stored_is_done_without(shop, monkeypatch):
    log = JobLog("job", 1, shop.services.settings)
    with Child(["true"], shop.services.settings.state_folder) as child:
        child.log.add(b"text")
        log.listen(child)
        log.listen(child)
    assert log.text() == "text\n"
    monkeypatch.setattr(shop.services.storage, "put", _full)
    assert log.kept(shop.services.storage) == ()


def _full(_stream):
    raise InsufficientStorage


def _cancel(shop, job_id):
    with db.session_scope(shop.services.engine) as session:
        jobs.cancel(session, job_id)
