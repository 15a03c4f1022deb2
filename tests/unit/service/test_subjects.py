"""What models and data sets have in common."""

import pytest

from core.errors import Canceled, UnsafeModel
from service import datasets, errors, jobs, models, subjects
from service.schemas import JobCreate, ModelCreate
from service.tables import Model
from tests import factories


@pytest.fixture
def model(session):
    upload = factories.make_upload(session)
    return models.add(session, upload.owner_id, ModelCreate(upload_id=upload.id))


@pytest.fixture
def claim(session, model):
    return factories.make_claim(session, jobs.get(session, model.intake_job_id))


def test_an_upload_has_to_be_complete(session):
    upload = factories.make_upload(session, state="receiving")
    with pytest.raises(errors.UploadIncomplete):
        subjects.new(session, Model, upload, name=None, options={})


def test_a_finished_intake_makes_it_ready(session, model, claim):
    outcome = jobs.Outcome(facts={"n_classes": 10}, canonical_sha256="c" * 64)
    assert jobs.finish(session, claim, outcome)
    found = models.get(session, model.id)
    assert (found.state, found.facts, found.canonical_sha256) == (
        "ready", {"n_classes": 10}, "c" * 64,
    )  # fmt: skip


def test_a_failed_intake_rejects_it_and_says_why(session, model, claim):
    jobs.fail(session, claim, UnsafeModel(place="layers/3"))
    found = models.get(session, model.id)
    assert (found.state, found.error["code"]) == ("rejected", "unsafe-model")
    assert found.error["details"] == {"place": "layers/3"}


def test_a_canceled_intake_rejects_it(session, model, claim):
    jobs.cancel(session, claim.job_id)
    assert jobs.canceled(session, claim)
    assert models.get(session, model.id).error["code"] == Canceled.code


def test_an_intake_that_is_canceled_before_it_begins_rejects_it(session, model):
    jobs.cancel(session, model.intake_job_id)
    assert models.get(session, model.id).state == "rejected"


def test_an_intake_whose_workers_are_lost_rejects_it(session, model, claim):
    jobs.lose(session, claim, max_losses=1)
    assert models.get(session, model.id).error["code"] == "worker-lost"


def test_an_intake_that_goes_back_into_the_queue_leaves_it_checking(session, model, claim):
    jobs.release(session, claim)
    assert models.get(session, model.id).state == "checking"


def test_the_end_of_one_intake_does_not_touch_others(session, model, claim):
    other = factories.make_model(session, state="checking")
    jobs.fail(session, claim, UnsafeModel())
    assert models.get(session, other.id).state == "checking"


def test_repairs_that_name_it_are_counted_each_once_and_not_in_the_trash(session):
    job = factories.make_job(session)
    thrown = jobs.submit(session, job.owner_id, JobCreate.model_validate(job.request))
    thrown.deleted_at = thrown.created_at
    unused = factories.make_model(session)
    used = job.request["model"]
    assert models.count_repairs(session, [used, unused.id]) == {used: 1}
    validation = job.request["data"]["clean_validation"]
    assert datasets.count_repairs(session, [validation]) == {validation: 1}


def test_of_very_many_repairs_not_all_are_counted(session, monkeypatch):
    monkeypatch.setattr(subjects, "COUNTED", 1)
    job = factories.make_job(session)
    for _ in range(5):
        jobs.submit(session, job.owner_id, JobCreate.model_validate(job.request))
    used = job.request["model"]
    assert 1 < models.count_repairs(session, [used])[used] < 6
