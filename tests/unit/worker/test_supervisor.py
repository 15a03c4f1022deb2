"""What happens to a job, whatever happens to it; scripts stand for the children."""

import os
import signal
import time

import pytest
import sqlalchemy as sa

from service import artifacts, db, jobs
from service.errors import DatabaseUnavailable, InsufficientStorage
from service.tables import Job
from tests import workshop
from tests.workshop import is_running, meanwhile
from worker import supervisor


def run(shop, job_id):
    supervisor.run(job_id, shop.services)
    return shop.job(job_id)


def cancel(shop, job_id):
    with db.session_scope(shop.services.engine) as session:
        jobs.cancel(session, job_id)


def end_lease(shop, job_id):
    with db.session_scope(shop.services.engine) as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(lease_until=1.0))


def kept(shop, job_id):
    with db.session_scope(shop.services.engine, read_only=True) as session:
        return [item.name for item in artifacts.list_artifacts(session, job_id)]


def test_a_job_is_done_and_its_results_are_kept(any_shop):
    job_id = any_shop.repair_job()
    job = run(any_shop, job_id)
    assert (job.state, job.verdict, job.attempt) == ("succeeded", "inconclusive", 1)
    assert job.repaired_model_path == "repaired.h5"
    assert kept(any_shop, job_id) == ["repaired.h5"]
    assert any_shop.states(job_id) == ["queued", "starting", "running", "succeeded"]
    assert any_shop.stages(job_id) == ["work"]


def test_nothing_is_left_of_the_folder_of_a_job(shop):
    run(shop, shop.repair_job())
    assert [path.name for path in shop.services.settings.job_folder.iterdir()] == ["pid"]


def test_a_second_message_about_a_job_changes_nothing(any_shop):
    job_id = any_shop.repair_job()
    run(any_shop, job_id)
    assert run(any_shop.with_children(workshop.FAIL), job_id).state == "succeeded"
    assert any_shop.states(job_id).count("succeeded") == 1


def test_a_message_about_no_job_changes_nothing(shop):
    supervisor.run("00000000-0000-7000-8000-000000000000", shop.services)


def test_an_error_of_the_child_fails_the_job(shop):
    job = run(shop.with_children(workshop.FAIL), shop.repair_job())
    assert job.state == "failed"
    assert job.error["code"] == "training-diverged"


def test_a_bug_of_ours_fails_the_job_and_is_not_shown(shop, monkeypatch):
    def broken(attempt):
        raise KeyError("secret")

    monkeypatch.setitem(supervisor._WORK, "repair", broken)
    job = run(shop, shop.repair_job())
    assert (job.state, job.error["code"]) == ("failed", "internal")
    assert "secret" not in str(job.error)


@pytest.mark.parametrize("script", [workshop.HANG, workshop.STUBBORN])
def test_a_canceled_job_frees_its_slot(shop, script):
    job_id = shop.repair_job()
    started = time.monotonic()
    with meanwhile(shop.pid_file.exists, lambda: cancel(shop, job_id)):
        job = run(shop.with_children(script), job_id)
    assert time.monotonic() - started < 10
    assert job.state == "canceled"
    assert not is_running(shop.child_pid)


def test_a_job_that_was_canceled_while_it_was_kept_is_canceled(any_shop, monkeypatch):
    job_id = any_shop.repair_job()
    store = artifacts.store

    def store_slowly(storage, folder):
        cancel(any_shop, job_id)
        return store(storage, folder)

    monkeypatch.setattr(artifacts, "store", store_slowly)
    assert run(any_shop, job_id).state == "canceled"
    assert kept(any_shop, job_id) == []


def test_who_loses_the_lease_kills_the_child_and_writes_nothing(any_shop):
    job_id = any_shop.repair_job()
    others = []

    def take_over():
        end_lease(any_shop, job_id)
        any_shop.sweep()
        with db.session_scope(any_shop.services.engine) as session:
            others.append(jobs.claim(session, job_id, worker_id="other", lease_s=60))

    with meanwhile(any_shop.pid_file.exists, take_over):
        job = run(any_shop.with_children(workshop.HANG), job_id)
    assert (job.state, job.worker_id, job.attempt) == ("starting", "other", 2)
    assert others[0].attempt == 2
    assert not is_running(any_shop.child_pid)


def test_who_loses_the_lease_with_the_work_done_writes_nothing(any_shop, monkeypatch):
    job_id = any_shop.repair_job()
    store = artifacts.store

    def store_slowly(storage, folder):
        end_lease(any_shop, job_id)
        any_shop.sweep()
        return store(storage, folder)

    monkeypatch.setattr(artifacts, "store", store_slowly)
    assert run(any_shop, job_id).state == "queued"
    assert kept(any_shop, job_id) == []


def test_a_database_away_for_longer_than_the_lease_ends_the_child(shop, monkeypatch):
    job_id = shop.repair_job()

    def unplug():
        monkeypatch.setattr(db, "session_scope", away)

    def away(*_, **__):
        raise DatabaseUnavailable

    hanging = shop.with_settings(lease_s=1.0).with_children(workshop.HANG)
    started = time.monotonic()
    with meanwhile(shop.pid_file.exists, unplug):
        supervisor.run(job_id, hanging.services)
    monkeypatch.undo()
    assert time.monotonic() - started < 6
    assert not is_running(shop.child_pid)
    assert shop.job(job_id).state == "running"
    time.sleep(0.2)
    shop.sweep()
    assert (shop.job(job_id).state, shop.job(job_id).losses) == ("queued", 1)


@pytest.mark.parametrize("trouble", db.NOT_NOW)
def test_a_database_that_is_away_for_a_moment_at_the_end_is_waited_for(
    any_shop, monkeypatch, trouble
):
    finish, calls = jobs.finish, []

    def stutter(session, claim, outcome):
        calls.append(claim)
        if len(calls) == 1:
            raise trouble
        return finish(session, claim, outcome)

    monkeypatch.setattr(jobs, "finish", stutter)
    job_id = any_shop.repair_job()
    assert run(any_shop, job_id).state == "succeeded"
    assert kept(any_shop, job_id) == ["repaired.h5"]


def test_a_silent_child_is_ended(shop):
    job = run(
        shop.with_settings(no_progress_limit_s=0.5).with_children(workshop.HANG),
        shop.repair_job(),
    )
    assert (job.state, job.error["code"]) == ("failed", "no-progress")
    assert not is_running(shop.child_pid)


def test_a_child_with_too_much_memory_is_ended(shop):
    limited = shop.with_settings(max_job_memory_bytes=200 * 2**20)
    job = run(limited.with_children(workshop.GREEDY), shop.repair_job())
    assert (job.state, job.error["code"]) == ("failed", "out-of-memory")
    assert not is_running(shop.child_pid)


def test_a_child_that_takes_too_long_is_ended(shop):
    limited = shop.with_settings(job_time_limit_s=0.5)
    job = run(limited.with_children(workshop.HANG), shop.repair_job())
    assert (job.state, job.error["code"]) == ("failed", "time-limit-exceeded")


def test_a_worker_that_is_to_end_gives_its_job_back(any_shop):
    job_id = any_shop.repair_job()
    job = run(any_shop.draining(any_shop.pid_file.exists).with_children(workshop.HANG), job_id)
    assert (job.state, job.losses, job.sent_at) == ("queued", 0, None)
    assert not is_running(any_shop.child_pid)
    assert run(any_shop, job_id).state == "succeeded"


def test_a_worker_that_is_to_end_takes_no_job_and_has_another_one_told_of_it(shop):
    job_id = shop.repair_job()
    with db.session_scope(shop.services.engine) as session:
        jobs.mark_sent(session, job_id)
    job = run(shop.draining(lambda: True), job_id)
    assert (job.attempt, job.sent_at) == (0, None)


@pytest.mark.parametrize("trouble", db.NOT_NOW)
def test_a_job_that_cannot_be_claimed_now_stays_queued(shop, monkeypatch, trouble):
    def away(*_, **__):
        raise trouble

    monkeypatch.setattr(jobs, "claim", away)
    assert run(shop, shop.repair_job()).state == "queued"


def test_a_child_that_was_killed_is_a_loss_and_the_third_one_is_the_last(any_shop):
    job_id, killed = any_shop.repair_job(), any_shop.with_children(workshop.KILLED)
    states = []
    for _ in range(3):
        states.append(run(killed, job_id).state)
    assert states == ["queued", "queued", "failed"]
    assert any_shop.job(job_id).error["code"] == "worker-lost"


def test_a_job_goes_on_after_its_child_was_killed_from_outside(shop):
    job_id = shop.repair_job()
    with meanwhile(shop.pid_file.exists, lambda: os.kill(shop.child_pid, signal.SIGKILL)):
        run(shop.with_children(workshop.HANG), job_id)
    assert run(shop, job_id).state == "succeeded"


def test_a_full_disk_is_not_the_fault_of_the_job(any_shop):
    job_id = any_shop.repair_job()
    job = run(any_shop.with_children(workshop.NO_ROOM), job_id)
    assert (job.state, job.losses, job.error) == ("queued", 1, None)
    assert job.sent_at is not None  # it is announced again after a pause
    assert run(any_shop, job_id).state == "succeeded"


def test_a_storage_without_room_is_not_the_fault_of_the_job(shop, monkeypatch):
    def full(*_):
        raise InsufficientStorage

    job_id = shop.repair_job()
    with monkeypatch.context() as patch:
        patch.setattr(artifacts, "store", full)
        assert run(shop, job_id).state == "queued"
    assert run(shop, job_id).state == "succeeded"
    assert kept(shop, job_id) == ["repaired.h5"]


def test_a_disk_that_stays_full_fails_the_job_with_that_reason(shop):
    job_id, full = shop.repair_job(), shop.with_children(workshop.NO_ROOM)
    states = [run(full, job_id).state for _ in range(3)]
    assert states == ["queued", "queued", "failed"]
    assert shop.job(job_id).error["code"] == "output-not-writable"


def test_a_child_that_cannot_be_started_is_not_the_fault_of_the_job(shop):
    job_id = shop.repair_job()
    job = run(shop.with_command("/no/such/program"), job_id)
    assert (job.state, job.losses) == ("queued", 1)
    assert run(shop, job_id).state == "succeeded"
