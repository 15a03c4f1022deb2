"""What a request would make."""

import pytest
import sqlalchemy as sa

from service import db, jobs, planning
from service.schemas import JobData
from service.tables import Job
from tests import factories


def _plan(session, request):
    found = jobs.inputs.find(session, jobs.inputs.of_job(request))
    return planning.plan(session, [request], found)


def _request(session, owner, **sets):
    given = {"clean_validation": factories.make_dataset(session, owner, sha256="c" * 64).id, **sets}
    return factories.make_request(session, owner, data=JobData(**given))


def test_what_is_complete_has_no_warnings(session, owner):
    clean = factories.make_dataset(session, owner).id
    poisoned = factories.make_dataset(session, owner, role="poisoned").id
    request = _request(session, owner, clean_test=clean, poisoned_test=(poisoned,))
    assert _plan(session, request).jobs[0].warnings == []


def test_sets_that_are_missing_are_told(session, owner):
    warnings = _plan(session, _request(session, owner)).jobs[0].warnings
    assert [text.partition(":")[0] for text in warnings] == [
        "no poisoned test set", "no clean test set",
    ]  # fmt: skip


def test_a_test_on_what_was_trained_on_is_told(session, owner):
    same = factories.make_dataset(session, owner, sha256="c" * 64).id
    warnings = _plan(session, _request(session, owner, clean_test=same)).jobs[0].warnings
    assert "are one file" in warnings[1]


def test_images_that_the_model_cannot_take_are_told(session, owner):
    images = factories.make_dataset(session, owner, facts={"shape": [5, 32, 32, 3]})
    model = factories.make_model(session, owner, facts={"input_shape": [55, 47, 3]})
    data = JobData(clean_validation=images.id)
    request = factories.make_request(session, owner, model=model.id, data=data)
    assert _plan(session, request).jobs[0].warnings[-1] == (
        "the images of 'bad net' are 32x32x3, and 'bad net' takes 55x47x3: the job would fail"
    )


def test_nothing_is_known_of_the_time_before_a_job_has_succeeded(session, owner):
    plan = _plan(session, _request(session, owner))
    assert (plan.estimated_seconds, plan.jobs[0].estimated_seconds) == (None, None)


def test_like_jobs_tell_of_the_time(session, owner):
    claim = factories.make_claim(session, factories.make_job(session, owner))
    jobs.finish(session, claim, jobs.Outcome())
    plan = _plan(session, _request(session, owner))
    assert plan.estimated_seconds == plan.jobs[0].estimated_seconds >= 0


def test_each_budget_and_seed_adds_to_the_time(session, owner):
    job = factories.make_job(session, owner)
    jobs.finish(session, factories.make_claim(session, job), jobs.Outcome())
    session.execute(sa.update(Job).where(Job.id == job.id).values(started_at=db.ago(10)))
    one = factories.make_request(session, owner)
    many = factories.make_request(session, owner, max_accuracy_drops=(0.1, 0.2), n_seeds=3)
    seconds = [_plan(session, request).estimated_seconds for request in (one, many)]
    assert seconds[0] > 0
    assert seconds[1] == pytest.approx(6 * seconds[0])
