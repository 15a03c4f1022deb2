"""Models: added, listed, deleted."""

import pytest

from service import errors, jobs, models
from service.schemas import ModelCreate
from tests import factories


def test_a_new_model_is_checked_by_a_job(session):
    upload = factories.make_upload(session)
    model = models.add(session, upload.owner_id, ModelCreate(upload_id=upload.id))
    job = jobs.get(session, model.intake_job_id)
    assert (model.state, model.name, model.sha256) == ("checking", "bad.h5", upload.sha256)
    assert (job.kind, job.queue, job.state) == ("intake", "quick", "queued")
    assert (job.request["subject"], job.request["id"]) == ("model", model.id)
    assert job.request["sha256"] == upload.sha256


def test_it_is_called_what_the_sender_wants(session):
    upload = factories.make_upload(session)
    request = ModelCreate(upload_id=upload.id, name="sunglasses")
    assert models.add(session, upload.owner_id, request).name == "sunglasses"


def test_the_upload_of_somebody_else_is_not_found(session):
    upload, other = factories.make_upload(session), factories.make_user(session)
    with pytest.raises(errors.NotFound, match="no upload"):
        models.add(session, other.id, ModelCreate(upload_id=upload.id))


def test_a_list_can_be_that_of_one_owner(session):
    owner = factories.make_user(session)
    mine = [factories.make_model(session, owner).id for _ in range(3)]
    other = factories.make_model(session).id
    assert [row.id for row in models.list_models(session, owner_id=owner.id).rows] == mine[::-1]
    assert [row.id for row in models.list_models(session, limit=1).rows] == [other]


def test_what_a_waiting_job_needs_is_not_deleted(session):
    job = factories.make_job(session)
    needed = _needed_by(job)
    with pytest.raises(errors.ResourceInUse) as caught:
        models.delete(session, needed)
    assert caught.value.details["jobs"] == [job.id]


def test_a_job_that_has_ended_keeps_its_results_without_it(session):
    job = factories.make_job(session)
    needed = _needed_by(job)
    jobs.cancel(session, job.id)
    models.delete(session, needed)
    with pytest.raises(errors.NotFound):
        models.get(session, needed)
    assert jobs.get(session, job.id).state == "canceled"


@pytest.mark.parametrize("given", ["0" * 36, "", "\x00"])
def test_what_is_not_there_is_not_found(session, given):
    with pytest.raises(errors.NotFound):
        models.get(session, given)


def _needed_by(job):
    return job.request["model"]
