"""Claim, beat, lose, sweep."""

import pytest
import sqlalchemy as sa

from core.results import Event
from service import jobs
from service.errors import InsufficientStorage
from service.tables import Job
from tests import factories


def _let_expire(session, job_id):
    session.execute(sa.update(Job).where(Job.id == job_id).values(lease_until=0.0))


def test_claim_gives_a_queued_job_to_one_worker_only(session):
    job = factories.make_job(session)
    first = jobs.claim(session, job.id, worker_id="one", lease_s=60)
    second = jobs.claim(session, job.id, worker_id="two", lease_s=60)
    assert first is not None
    assert second is None
    assert jobs.get(session, job.id).worker_id == "one"


def test_a_claim_carries_the_request_and_a_token(session):
    job = factories.make_job(session, seed=7)
    claim = factories.make_claim(session, job)
    assert (claim.kind, claim.queue, claim.attempt) == ("repair", "cpu", 1)
    assert claim.request["seed"] == 7


@pytest.mark.parametrize("job_id", ["no such job", "", "\u00e9"])
def test_claim_of_a_job_that_is_not_there_gives_nothing(session, job_id):
    assert jobs.claim(session, job_id, worker_id="one", lease_s=60) is None


def test_start_moves_a_claimed_job_to_running(session):
    claim = factories.make_claim(session)
    assert jobs.start(session, claim)
    assert jobs.get(session, claim.job_id).state == "running"


def test_start_is_refused_when_the_job_is_to_be_canceled(session):
    claim = factories.make_claim(session)
    jobs.cancel(session, claim.job_id)
    assert not jobs.start(session, claim)


def test_a_beat_extends_the_lease(session):
    claim = factories.make_claim(session, lease_s=1)
    before = jobs.get(session, claim.job_id).lease_until
    jobs.beat(session, claim, lease_s=60)
    assert jobs.get(session, claim.job_id).lease_until > before + 58


def test_a_beat_writes_down_how_far_the_work_is(session):
    claim = factories.make_claim(session)
    jobs.beat(session, claim, lease_s=60, progress=Event(stage="prune", current=3, total=60))
    job = jobs.get(session, claim.job_id)
    assert (job.stage, job.progress_current, job.progress_total) == ("prune", 3, 60)


def test_a_beat_brings_back_the_wish_to_cancel(session):
    claim = factories.make_claim(session)
    assert jobs.beat(session, claim, lease_s=60) == jobs.Beat(cancel_requested=False)
    jobs.cancel(session, claim.job_id)
    assert jobs.beat(session, claim, lease_s=60) == jobs.Beat(cancel_requested=True)


def test_a_beat_with_an_old_token_says_that_the_lease_is_lost(session):
    old = factories.make_claim(session)
    _let_expire(session, old.job_id)
    jobs.sweep(session, max_losses=3)
    new = factories.make_claim(session, jobs.get(session, old.job_id))
    assert new.attempt == 2
    assert jobs.beat(session, old, lease_s=60) is None
    assert jobs.beat(session, new, lease_s=60) is not None


def test_sweep_leaves_a_job_alone_whose_worker_is_alive(session):
    claim = factories.make_claim(session)
    assert jobs.sweep(session, max_losses=3) == jobs.Swept(requeued=(), failed=(), canceled=())
    assert jobs.get(session, claim.job_id).state == "starting"


def test_sweep_puts_a_job_back_whose_worker_is_lost(session):
    claim = factories.make_claim(session)
    jobs.mark_sent(session, claim.job_id)
    _let_expire(session, claim.job_id)
    assert jobs.sweep(session, max_losses=3).requeued == (claim.job_id,)
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.losses, job.worker_id, job.lease_until) == ("queued", 1, None, None)


def test_a_lease_runs_out_by_the_clock_of_the_database(session):
    claim = factories.make_claim(session, lease_s=-0.001)
    assert jobs.sweep(session, max_losses=3).requeued == (claim.job_id,)


def test_sweep_fails_a_job_at_the_last_loss(session):
    claim = factories.make_claim(session)
    _let_expire(session, claim.job_id)
    assert jobs.sweep(session, max_losses=1).failed == (claim.job_id,)
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.error["code"], job.error["details"]) == (
        "failed", "worker-lost", {"losses": 1},
    )  # fmt: skip


def test_sweep_cancels_a_lost_job_that_was_to_be_canceled(session):
    claim = factories.make_claim(session)
    jobs.cancel(session, claim.job_id)
    _let_expire(session, claim.job_id)
    assert jobs.sweep(session, max_losses=3).canceled == (claim.job_id,)
    assert jobs.get(session, claim.job_id).state == "canceled"


def test_the_database_refuses_a_live_job_without_a_lease(session):
    claim = factories.make_claim(session)
    without = sa.update(Job).where(Job.id == claim.job_id).values(lease_until=None)
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(without)


def test_lose_puts_the_job_back_and_counts(session):
    claim = factories.make_claim(session)
    assert jobs.lose(session, claim, max_losses=3)
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.losses) == ("queued", 1)
    assert not jobs.lose(session, claim, max_losses=3)


def test_lose_fails_the_job_at_the_last_loss(session):
    claim = factories.make_claim(session)
    assert jobs.lose(session, claim, max_losses=1)
    assert jobs.get(session, claim.job_id).state == "failed"


def test_a_loss_to_a_full_disk_is_told_as_such_and_announced_after_a_pause(session):
    claim = factories.make_claim(session)
    assert jobs.lose(session, claim, max_losses=3, error=InsufficientStorage())
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.losses, job.error) == ("queued", 1, None)
    assert jobs.events_after(session, job.id)[-1].data["reason"] == "insufficient-storage"
    assert jobs.waiting(session, limit=10, resend_after_s=30) == []
    assert [hint.job_id for hint in jobs.waiting(session, limit=10, resend_after_s=-1)] == [job.id]


def test_the_last_loss_to_a_full_disk_fails_the_job_with_that_reason(session):
    claim = factories.make_claim(session)
    assert jobs.lose(session, claim, max_losses=1, error=InsufficientStorage())
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.error["code"]) == ("failed", "insufficient-storage")


def test_a_lost_job_that_was_to_be_canceled_is_canceled_whatever_it_was_lost_to(session):
    claim = factories.make_claim(session)
    jobs.cancel(session, claim.job_id)
    assert jobs.lose(session, claim, max_losses=1, error=InsufficientStorage())
    job = jobs.get(session, claim.job_id)
    assert (job.state, job.error) == ("canceled", None)


def test_only_attempts_that_are_not_over_are_live(session):
    live, over = factories.make_claim(session), factories.make_claim(session)
    jobs.release(session, over)
    assert jobs.live_attempts(session, [live.job_id, over.job_id]) == {(live.job_id, 1)}
