"""What a session may see."""

import pytest

from service import artifacts, batches, errors, jobs, models, visibility
from service.schemas import JobEdit, JobFilter
from tests import factories


@pytest.fixture
def job(session):
    return factories.make_job(session)


def test_a_session_that_was_not_limited_sees_everything(session, job):
    assert jobs.get(session, job.id) is job


def test_a_limited_session_sees_what_the_user_owns(session, job):
    other = factories.make_job(session)
    visibility.limit(session, job.owner_id)
    assert [found.id for found in jobs.list_jobs(session, JobFilter()).rows] == [job.id]
    assert jobs.get(session, job.id) is job
    with pytest.raises(errors.NotFound, match=f"there is no job {other.id}"):
        jobs.get(session, other.id)


@pytest.mark.parametrize(
    "action",
    [
        lambda session, job: jobs.get(session, job.id),
        lambda session, job: jobs.cancel(session, job.id),
        lambda session, job: jobs.edit(session, job.id, JobEdit(name="x"), version=1),
        lambda session, job: jobs.retry(session, job.id, {}),
        lambda session, job: artifacts.get(session, job.id, "log.txt"),
        lambda session, job: models.get(session, job.request["model"]),
        lambda session, job: models.delete(session, job.request["model"]),
        lambda session, job: batches.retry_failed(session, job.id),
    ],
    ids=["get", "cancel", "edit", "retry", "artifact", "model", "delete", "batch"],
)
def test_what_is_not_seen_is_not_there(session, job, action):
    visibility.limit(session, "somebody else")
    with pytest.raises(errors.NotFound):
        action(session, job)


def test_nobody_sees_nothing(session, job):
    visibility.limit(session, "")
    assert jobs.list_jobs(session, JobFilter()).rows == ()
    assert models.list_models(session).rows == ()


def test_a_limit_can_be_lifted(session, job):
    visibility.limit(session, "")
    visibility.limit(session, None)
    assert jobs.get(session, job.id) is job
