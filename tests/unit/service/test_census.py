"""How things stand is counted, on each database."""

import pytest
import sqlalchemy as sa

from core import errors
from service import census, jobs, workers
from service.census import JobCount
from service.jobs import Outcome
from service.tables import Job
from service.workers import Slot
from tests import factories


@pytest.fixture(autouse=True)
def noise(session):
    """Jobs that wait, one that runs, one that was done and one that failed; a worker for each."""
    first = factories.make_job(session)
    factories.make_job(session, queue="gpu")
    jobs.start(session, factories.make_claim(session))
    jobs.fail(session, factories.make_claim(session), error=errors.OutOfMemory())
    report = factories.make_report()
    jobs.finish(session, factories.make_claim(session), outcome=Outcome(reports={"": report}))
    return first


def slot(number, *queues):
    return Slot(id=f"worker-{number}", host="h", process=number, queues=queues, device="cpu")


def test_open_jobs_are_counted_by_queue_and_state(session):
    assert {*census.take(session).open_jobs} == {
        JobCount(queue="cpu", state="queued", n_jobs=1),
        JobCount(queue="gpu", state="queued", n_jobs=1),
        JobCount(queue="cpu", state="running", n_jobs=1),
    }


def test_ended_jobs_are_counted_by_state_and_verdict(session):
    taken = census.take(session)
    assert taken.ended_jobs == {"succeeded": 1, "failed": 1}
    assert taken.verdicts == {factories.make_report().verdict: 1}


def test_the_oldest_waiting_job_of_a_queue_has_an_age(session, noise):
    earlier = factories.make_job(session).created_at.replace(year=2020)
    session.execute(sa.update(Job).where(Job.id == noise.id).values(created_at=earlier))
    ages = census.take(session).oldest_waiting_s
    assert ages["cpu"] > 365 * 86400 > 3600 > ages["gpu"] >= 0


def test_a_lease_that_ran_out_is_counted_until_it_is_swept(session):
    assert census.take(session).expired_leases == 0
    session.execute(sa.update(Job).where(Job.state == "running").values(lease_until=1.0))
    assert census.take(session).expired_leases == 1
    jobs.sweep(session, max_losses=3)
    taken = census.take(session)
    assert (taken.expired_leases, taken.worker_losses) == (0, 1)


def test_workers_that_are_there_are_counted_for_each_of_their_queues(session):
    workers.seen(session, slot(1, "quick"))
    workers.seen(session, slot(2, "cpu", "gpu"))
    workers.seen(session, slot(3, "gpu"))
    workers.seen(session, slot(4, "gpu"), is_draining=True)
    assert census.take(session).workers == {"quick": 1, "cpu": 1, "gpu": 2}


def test_uploads_that_are_not_complete_are_counted(session):
    before = census.take(session).uploads_receiving
    factories.make_upload(session, state="receiving")
    factories.make_upload(session, state="complete")
    assert census.take(session).uploads_receiving == before + 1


def test_where_nothing_is_all_is_zero(session):
    for table in ("job_events", "job_inputs", "job_metrics", "jobs"):
        session.execute(sa.text(f"DELETE FROM {table}"))
    taken = census.take(session)
    assert (taken.open_jobs, taken.ended_jobs, taken.worker_losses) == ((), {}, 0)
