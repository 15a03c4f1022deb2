"""Rows that nobody needs any more."""

import datetime

import pytest
import sqlalchemy as sa

from service import db, idempotency, jobs, trash, workers
from service.tables import Delivery, IdempotencyKey, Job, Webhook, Worker
from service.workers import Slot
from tests import factories

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def _count(engine, table):
    with db.session_scope(engine, read_only=True) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table))


def _change(engine, table, **values):
    with db.session_scope(engine) as session:
        session.execute(sa.update(table).values(**values))


@pytest.fixture
def trashed(engine):
    """A job in the trash."""
    with db.session_scope(engine) as session:
        job = factories.make_job(session)
        jobs.cancel(session, job.id)
        trash.discard(session, job.id)


def test_jobs_that_are_in_the_trash_for_long_are_purged(engine, collect, trashed):
    _change(engine, Job, deleted_at=LONG_AGO)
    assert collect()["jobs from the trash"] == (1, 0)
    assert _count(engine, Job) == 0


def test_jobs_that_are_in_the_trash_for_a_short_while_stay(engine, collect, trashed):
    assert "jobs from the trash" not in collect()
    assert _count(engine, Job) == 1


def test_a_dry_run_purges_nothing(engine, collect, trashed):
    _change(engine, Job, deleted_at=LONG_AGO)
    assert collect(dry_run=True)["jobs from the trash"] == (1, 0)
    assert _count(engine, Job) == 1


def test_answers_are_kept_for_a_day(engine, collect):
    with db.session_scope(engine) as session:
        user = factories.make_user(session)
        for key in ("old", "new"):
            idempotency.recall(session, user.id, key, fingerprint="f")
        old = sa.update(IdempotencyKey).where(IdempotencyKey.key == "old")
        session.execute(old.values(created_at=LONG_AGO))
    assert collect()["kept answers"] == (1, 0)
    assert _count(engine, IdempotencyKey) == 1


def test_workers_that_are_silent_for_a_day_are_forgotten(engine, collect):
    with db.session_scope(engine) as session:
        for name in ("silent", "well"):
            slot = Slot(id=name, host="host", process=1, queues=("cpu",), device="cpu")
            workers.seen(session, slot)
        session.execute(sa.update(Worker).where(Worker.id == "silent").values(seen_at=LONG_AGO))
    assert collect()["rows of workers"] == (1, 0)
    assert _count(engine, Worker) == 1


@pytest.mark.parametrize(("state", "n_left"), [("waiting", 1), ("delivered", 0), ("failed", 0)])
def test_old_messages_go_but_those_on_their_way(engine, collect, state, n_left):
    with db.session_scope(engine) as session:
        owner = factories.make_user(session)
        hook = Webhook(owner_id=owner.id, url="https://ci.example/", secret="whsec_", events=[])
        session.add(hook)
        session.flush()
        old = {"event": "ping", "body": {}, "next_at": 0.0, "created_at": LONG_AGO}
        session.add(Delivery(webhook_id=hook.id, state=state, **old))
    collect()
    assert _count(engine, Delivery) == n_left
