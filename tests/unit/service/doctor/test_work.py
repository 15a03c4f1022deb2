"""Whether jobs get done."""

import sqlalchemy as sa

from service import workers
from service.doctor import work
from service.tables import Job
from service.workers import Slot
from tests import factories


def _seen(session, *queues, **state):
    slot = Slot(id="1", host="here", process=1, queues=queues, device="NVIDIA X")
    workers.seen(session, slot, **state)


def test_no_worker_is_told(session):
    assert work.hands(session).state == "warning"


def test_workers_are_told_with_what_they_work_on(session):
    _seen(session, "cpu", "gpu")
    finding = work.hands(session)
    assert (finding.state, finding.told) == ("ok", "here: cpu, gpu on NVIDIA X")


def test_jobs_that_no_worker_takes_are_told(session):
    _seen(session, "quick")
    factories.make_job(session)
    finding = work.queues(session)
    assert (finding.state, finding.mend) == ("failed", "start one: netmend worker --queue cpu")


def test_a_worker_that_ends_takes_no_jobs(session):
    _seen(session, "cpu", is_draining=True)
    factories.make_job(session)
    assert work.queues(session).state == "failed"


def test_jobs_that_wait_for_their_turn_are_no_fault(session):
    _seen(session, "cpu")
    factories.make_job(session)
    assert (work.queues(session).state, work.queues(session).told) == ("ok", "1 jobs wait")


def test_leases_that_nobody_sweeps_are_told(session):
    factories.make_claim(session)
    assert work.leases(session).state == "ok"
    session.execute(sa.update(Job).values(lease_until=1.0))
    assert work.leases(session).state == "failed"
