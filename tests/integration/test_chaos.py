"""A short `make chaos`, and what it looks for: the real service, killed at random."""

import dataclasses
import io

import pytest
import sqlalchemy as sa

from core.errors import TrainingDiverged
from service import artifacts, jobs
from service import storage as storages
from service.jobs import Outcome
from service.tables import Job, JobEvent
from tests import factories
from tests.chaos import chain, faults, histories, plans, results, runs
from tests.chaos.__main__ import COMBINATIONS
from tests.chaos.plans import Wish
from tests.chaos.results import Expectation
from tests.chaos.runs import Shape

#: Of a job that works.
SEED = chain.ONE_IN - 1
WISH = Wish(name="job", kind="scripted", at_s=0.0, seed=SEED, cancel=None)
EXPECTED = Expectation(wish=WISH, reference=None)
REPORTS = {"": dataclasses.replace(factories.make_report(), seed=SEED)}


@pytest.mark.slow
def test_whatever_is_killed_every_job_ends_once_and_as_it_should(tmp_path):
    shape = Shape(n_jobs=14, n_real=0, n_faults=7, seconds=10.0)
    outcome = runs.run(
        COMBINATIONS[0], tmp_path / "run", seed=12, shape=shape, reference=None, tell=print
    )
    assert outcome.verdict.findings == []
    assert (outcome.verdict.n_jobs, outcome.verdict.ends.total()) == (14, 14)
    assert outcome.hits.total() >= 4


def test_a_seed_is_a_plan():
    weights = faults.weights(COMBINATIONS[2], has_small_disk=True)
    shape = {"n_jobs": 40, "n_real": 2, "seconds": 60.0, "weights": weights, "n_faults": 56}
    plan = plans.draw("1", **shape)
    assert plan == plans.draw("1", **shape)
    assert plan != plans.draw("2", **shape)
    assert {strike.fault for strike in plan.strikes} == set(faults.BY_NAME)


@pytest.fixture
def storage(settings):
    return storages.make_storage(settings)


@pytest.fixture
def done(session, storage):
    """The id of a job that was done as it had to be."""
    claim = factories.make_claim(session, factories.make_job(session, seed=SEED))
    finish(session, claim, storage, EXPECTED.repaired(claim.job_id))
    return claim.job_id


def finish(session, claim, storage, content):
    stored = storage.put(io.BytesIO(content))
    file = artifacts.KeptFile(name="repaired.h5", sha256=stored.sha256, n_bytes=stored.n_bytes)
    assert jobs.finish(session, claim, Outcome(files=(file,), reports=REPORTS))


def found(session, storage, job_id):
    """What is wrong with a job, by kind."""
    history = histories.read(session, job_id)
    findings = [
        *histories.check(history),
        *results.check_end(history, EXPECTED),
        *results.check_result(session, storage, history, EXPECTED),
    ]
    return [finding.kind for finding in findings]


def test_nothing_is_found_where_nothing_is_wrong(session, storage, done):
    assert found(session, storage, done) == []


def test_a_job_without_an_end_is_found(session, storage):
    assert found(session, storage, factories.make_job(session).id) == ["left"]


def test_a_second_end_is_found(session, storage, done):
    n_events = jobs.get(session, done).n_events + 1
    again = {"state": "succeeded", "attempt": 1}
    session.add(JobEvent(job_id=done, seq=n_events, type="state", data=again))
    session.execute(sa.update(Job).where(Job.id == done).values(n_events=n_events))
    assert found(session, storage, done) == ["doubled"]


def test_a_gap_between_events_is_found(session, storage, done):
    session.execute(sa.delete(JobEvent).where(JobEvent.job_id == done, JobEvent.seq == 1))
    assert found(session, storage, done) == ["wrong"]


def test_a_lease_that_is_left_is_found(session, storage, done):
    session.execute(sa.update(Job).where(Job.id == done).values(lease_until=1.0))
    assert found(session, storage, done) == ["left"]


def test_the_result_of_another_job_is_found(session, storage):
    claim = factories.make_claim(session, factories.make_job(session, seed=SEED))
    finish(session, claim, storage, EXPECTED.repaired("another job"))
    assert found(session, storage, claim.job_id) == ["wrong"]


def test_a_missing_result_is_found(session, storage):
    claim = factories.make_claim(session, factories.make_job(session, seed=SEED))
    jobs.finish(session, claim, Outcome(reports=REPORTS))
    assert found(session, storage, claim.job_id) == ["lost"]


def test_an_end_that_nobody_asked_for_is_found(session, storage):
    job = factories.make_job(session, seed=SEED)
    jobs.cancel(session, job.id)
    assert found(session, storage, job.id) == ["wrong"]


def test_a_failure_that_nobody_caused_is_found(session, storage):
    claim = factories.make_claim(session, factories.make_job(session, seed=SEED))
    jobs.fail(session, claim, TrainingDiverged())
    assert found(session, storage, claim.job_id) == ["wrong"]


def test_a_failure_after_three_losses_is_none(session, storage):
    job = factories.make_job(session, seed=SEED)
    for _ in range(results.MAX_LOSSES):
        jobs.lose(session, factories.make_claim(session, job), max_losses=results.MAX_LOSSES)
    assert found(session, storage, job.id) == []
