"""What ends is written down to be told, in the same transaction."""

import pytest

from service import batches, jobs, webhooks
from service.schemas import WebhookCreate
from tests import factories


def told(session, hook):
    rows = webhooks.list_deliveries(session, hook.id).rows
    return [(row.event, row.body["data"]) for row in reversed(rows)]


def test_the_owner_of_a_job_is_told_of_its_end(session, owner, hook):
    job = factories.make_job(session, owner, name="first")
    claim = factories.make_claim(session, job)
    assert jobs.finish(session, claim, jobs.Outcome(reports={"": factories.make_report()}))
    ((event, data),) = told(session, hook)
    assert (event, data["id"], data["name"], data["state"]) == (
        "job.completed", job.id, "first", "succeeded",
    )  # fmt: skip
    assert data["verdict"] == factories.make_report().verdict


def test_a_job_that_was_canceled_or_failed_has_ended_too(session, owner, hook):
    jobs.cancel(session, factories.make_job(session, owner).id)
    factories.fail_job(session, factories.make_job(session, owner).id)
    assert [data["state"] for _, data in told(session, hook)] == ["canceled", "failed"]


def test_others_are_told_nothing(session, hook):
    jobs.cancel(session, factories.make_job(session).id)
    assert told(session, hook) == []


def test_a_job_that_waits_again_has_not_ended(session, owner, hook):
    claim = factories.make_claim(session, factories.make_job(session, owner))
    assert jobs.release(session, claim)
    assert told(session, hook) == []


def test_a_batch_ends_with_its_last_job(session, owner, hook):
    batch = factories.make_batch(session, owner)
    first, second = [job.id for job in batches.jobs_of(session, batch.id)]
    jobs.cancel(session, first)
    assert [event for event, _ in told(session, hook)] == ["job.completed"]
    jobs.cancel(session, second)
    assert told(session, hook)[-1] == (
        "batch.completed", {"id": batch.id, "name": batch.name, "n_jobs": 2},
    )  # fmt: skip


def test_only_what_was_asked_for_is_told(session, owner, sending):
    wanted = WebhookCreate(url="https://ci.example/", events=("batch.completed",))
    hook = webhooks.add(session, owner.id, wanted, sending)
    jobs.cancel(session, factories.make_job(session, owner).id)
    assert told(session, hook) == []


def test_what_is_rolled_back_is_not_told(session, owner, hook):
    job = factories.make_job(session, owner)
    with pytest.raises(ZeroDivisionError), session.begin_nested():
        jobs.cancel(session, job.id)
        raise ZeroDivisionError
    assert told(session, hook) == []
