"""How long jobs take, as far as that can be known."""

import datetime

import pytest
import sqlalchemy as sa

from core.results import Event
from service import db, estimates, jobs, workers
from service.estimates import Work
from service.tables import Job, JobEvent
from tests import factories


@pytest.fixture
def ended(session):
    """A function: a job that took so many seconds."""

    def ended(seconds, **fields):
        job = factories.make_job(session, **fields)
        jobs.finish(session, factories.make_claim(session, job), jobs.Outcome())
        began = sa.update(Job).where(Job.id == job.id)
        span = datetime.timedelta(seconds=seconds)
        session.execute(began.values(started_at=jobs.get(session, job.id).finished_at - span))
        return job

    return ended


@pytest.fixture
def running(session):
    """A function: a job that has been running for so many seconds."""

    def running(seconds, job=None, **fields):
        job = job or factories.make_job(session, **fields)
        claim = factories.make_claim(session, job)
        change = sa.update(Job).where(Job.id == job.id)
        session.execute(change.values(started_at=db.ago(seconds)))
        return claim

    return running


def _work(model="0" * 36, **more):
    return Work(method="fine-pruning", model_id=model, **more)


def _slot(session, name="one", *, queues=("cpu",)):
    workers.seen(session, workers.Slot(id=name, host="h", process=1, queues=queues, device="cpu"))


def test_nothing_is_made_up(session, running):
    claim = running(5)
    assert estimates.typical_seconds(session, _work()) is None
    assert estimates.remaining_seconds(session, jobs.get(session, claim.job_id)) is None


def test_a_typical_job_is_the_median_of_its_method(session, ended):
    assert len([ended(seconds) for seconds in (10, 20, 90)]) == 3
    ended(1000, method="fine-tuning")
    assert estimates.typical_seconds(session, _work()) == 20


def test_jobs_of_the_same_model_are_asked_first(session, ended):
    ended(10)
    same = ended(30)
    assert estimates.typical_seconds(session, _work(same.request["model"])) == 30


def test_each_budget_and_each_seed_takes_its_time(session, ended):
    ended(40, max_accuracy_drops=(0.02, 0.04), n_seeds=2)
    assert estimates.typical_seconds(session, _work()) == 10
    assert estimates.typical_seconds(session, _work(n_repairs=6)) == 60


def test_jobs_of_other_numbers_of_repairs_tell_of_the_time_of_one(session, ended):
    ended(90, n_seeds=3)
    assert len([ended(seconds) for seconds in (20, 40)]) == 2
    assert estimates.typical_seconds(session, _work(n_repairs=2)) == 60


def test_jobs_of_as_many_repairs_are_believed_more(session, ended):
    assert len([ended(seconds) for seconds in (20, 40)]) == 2
    ended(66, n_seeds=3)
    assert estimates.typical_seconds(session, _work(n_repairs=3)) == 66


def test_what_was_asked_before_there_were_seeds_has_one(session, ended):
    job = ended(10)
    request = {name: job.request[name] for name in job.request if name != "n_seeds"}
    session.execute(sa.update(Job).where(Job.id == job.id).values(request=request))
    assert estimates.typical_seconds(session, _work()) == 10


def test_what_is_left_counts_budgets_and_seeds(session, ended, running):
    ended(100)
    job = jobs.get(session, running(40, max_accuracy_drops=(0.1, 0.2), n_seeds=2).job_id)
    assert 355 < estimates.remaining_seconds(session, job) <= 361


def test_a_job_that_failed_says_nothing(session):
    job = factories.make_job(session)
    jobs.cancel(session, job.id)
    assert estimates.typical_seconds(session, _work(job.request["model"])) is None


def test_what_is_left_is_what_a_typical_job_still_takes(session, ended, running):
    ended(100)
    job = jobs.get(session, running(40).job_id)
    assert 55 < estimates.remaining_seconds(session, job) <= 61


def test_a_slow_stage_is_believed_more_than_the_past(session, ended, running):
    ended(100)
    claim = running(90)
    jobs.record_events(session, claim, [Event(stage="prune", current=1, total=10)])
    jobs.beat(session, claim, lease_s=60, progress=Event(stage="prune", current=1, total=10))
    session.execute(sa.update(JobEvent).where(JobEvent.type == "progress").values(at=db.ago(50)))
    job = jobs.get(session, claim.job_id)
    assert 445 < estimates.remaining_seconds(session, job) < 470


def test_a_job_that_took_longer_than_any_is_not_guessed_at(session, ended, running):
    ended(10)
    assert estimates.remaining_seconds(session, jobs.get(session, running(20).job_id)) is None


def test_a_job_that_waits_has_nothing_left_of_a_run(session, ended):
    ended(10)
    assert estimates.remaining_seconds(session, factories.make_job(session)) is None


def test_without_a_worker_nobody_knows_when_a_job_starts(session, ended):
    ended(10)
    job = factories.make_job(session)
    assert estimates.start_seconds(session, job, 1) is None


def test_a_free_worker_takes_a_job_at_once(session):
    _slot(session)
    assert estimates.start_seconds(session, factories.make_job(session), 1) == 0


def test_a_job_waits_for_those_that_go_first(session, ended, running):
    ended(30)
    _slot(session, "one")
    _slot(session, "two")
    running(1)
    job = factories.make_job(session)
    assert [estimates.start_seconds(session, job, place) for place in (1, 2, 5)] == [0, 15, 60]


def test_a_worker_of_another_queue_does_not_count(session):
    _slot(session, queues=("gpu",))
    assert estimates.start_seconds(session, factories.make_job(session), 1) is None


def test_many_jobs_share_the_workers(session, ended):
    past = ended(30)
    _slot(session, "one")
    _slot(session, "two")
    open_jobs = [factories.make_job(session) for _ in range(4)]
    assert estimates.seconds_left(session, open_jobs) == 60
    assert estimates.seconds_left(session, []) is None
    assert past.method == "fine-pruning"


def test_jobs_of_many_seeds_weigh_more_in_a_batch(session, ended):
    ended(30)
    _slot(session)
    open_jobs = [factories.make_job(session, n_seeds=n_seeds) for n_seeds in (1, 3)]
    assert estimates.seconds_left(session, open_jobs) == 120


def test_one_job_of_which_nothing_is_known_leaves_all_unknown(session, ended):
    ended(30)
    _slot(session)
    open_jobs = [factories.make_job(session), factories.make_job(session, method="fine-tuning")]
    assert estimates.seconds_left(session, open_jobs) is None
