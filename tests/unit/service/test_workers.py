"""Workers that are heard of."""

import dataclasses
import time

import sqlalchemy as sa

from core.sandbox import SandboxState
from service import visibility, workers
from service.db import ago
from service.tables import Worker
from service.workers import Slot
from tests import factories

SLOT = Slot(id="host-1", host="host", process=1, queues=("quick", "cpu"), device="cpu")


def test_a_worker_that_says_so_is_there(session):
    workers.seen(session, SLOT)
    (worker,) = workers.list_workers(session, within_s=60)
    assert (worker.id, worker.queues, worker.job_id) == ("host-1", ["quick", "cpu"], None)


def test_what_its_jobs_are_locked_up_with_is_kept(session):
    state = SandboxState(landlock_abi=7, seccomp=True)
    workers.seen(session, dataclasses.replace(SLOT, sandbox=state))
    (worker,) = workers.list_workers(session, within_s=60)
    assert worker.sandbox == {"landlock_abi": 7, "seccomp": True}


def test_a_worker_says_again_what_it_does(session):
    workers.seen(session, SLOT)
    job = factories.make_job(session)
    workers.seen(session, SLOT, job_id=job.id, is_draining=True)
    session.expire_all()
    (worker,) = workers.list_workers(session, within_s=60)
    assert (worker.job_id, worker.is_draining) == (job.id, True)
    assert worker.seen_at >= worker.started_at


def test_a_worker_that_was_not_heard_of_is_not_listed(session):
    workers.seen(session, SLOT)
    time.sleep(0.02)
    assert workers.list_workers(session, within_s=0.01) == []


def test_a_worker_that_ends_is_gone(session):
    workers.seen(session, SLOT)
    workers.gone(session, SLOT.id)
    assert workers.list_workers(session, within_s=60) == []


def test_a_worker_that_was_killed_long_ago_is_forgotten_when_another_one_comes(session):
    workers.seen(session, SLOT)
    session.execute(sa.update(Worker).values(seen_at=ago(2 * 24 * 3600)))
    workers.seen(session, dataclasses.replace(SLOT, id="host-2"))
    assert session.scalars(sa.select(Worker.id)).all() == ["host-2"]


def test_what_a_worker_does_is_in_sight_of_the_owner_of_the_job(session):
    job = factories.make_job(session, factories.make_user(session, "one"))
    other = factories.make_user(session, "two")
    workers.seen(session, SLOT, job_id=job.id)
    seen = workers.list_workers(session, within_s=60)
    told = {}
    for owner_id in (job.owner_id, other.id, None):
        visibility.limit(session, owner_id)
        told[owner_id] = workers.jobs_in_sight(session, seen)
    assert told == {job.owner_id: {job.id}, other.id: set(), None: {job.id}}
