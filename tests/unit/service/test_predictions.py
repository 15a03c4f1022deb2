"""A job that tries models knows all that it needs, and is refused if it cannot have it."""

import pytest

from service import errors, jobs, models, predictions
from service.artifacts import KeptFile
from service.schemas import JobPredict, ModelPredict
from tests import factories

MADE = ("repaired.h5", "goodnet.h5")


@pytest.fixture
def owner(session):
    return factories.make_user(session)


@pytest.fixture
def repair(session, owner):
    """A repair that has ended, with the models that it made."""
    job = factories.make_job(session, owner)
    files = tuple(KeptFile(name=name, sha256=f"{n}" * 64, n_bytes=1) for n, name in enumerate(MADE))
    outcome = jobs.Outcome(reports={"": factories.make_report()}, files=files)
    jobs.finish(session, factories.make_claim(session, job), outcome)
    return job


@pytest.fixture
def picture(session, owner):
    return factories.make_upload(session, owner, file_name="face.png").id


def submit(session, owner, job, upload_ids=(), **request):
    return predictions.submit_for_job(
        session, owner.id, job.id, JobPredict(**request), upload_ids=upload_ids
    )


def test_the_models_of_a_repair_are_tried(session, owner, repair, picture):
    job = submit(session, owner, repair, [picture])
    assert (job.kind, job.queue, job.state) == ("predict", "quick", "queued")
    assert job.request["models"].keys() == {"before", "after", "goodnet"}
    assert job.request["models"]["goodnet"]["sha256"] == "1" * 64
    assert job.request["preprocessing"] == "/255"
    assert job.request["pictures"] == {"files": [{"name": "face.png", "sha256": "a" * 64}]}


def test_a_model_that_was_deleted_is_not_asked(session, owner, repair, picture):
    models.delete(session, repair.request["model"])
    job = submit(session, owner, repair, [picture])
    assert job.request["models"].keys() == {"after", "goodnet"}


def test_images_of_a_data_set_are_tried(session, owner, repair):
    dataset = factories.make_dataset(session, owner, facts={"n": 5})
    job = submit(session, owner, repair, dataset=dataset.id, indices=(4, 0))
    assert job.request["pictures"]["indices"] == [4, 0]
    assert {item.role for item in jobs.inputs_of(session, job.id)} == {"model", "pictures"}


def test_images_that_there_are_not_are_refused(session, owner, repair):
    dataset = factories.make_dataset(session, owner, facts={"n": 5})
    with pytest.raises(errors.InvalidRequest) as caught:
        submit(session, owner, repair, dataset=dataset.id, indices=(0, 5))
    assert [item["pointer"] for item in caught.value.details["errors"]] == ["#/indices/1"]


def test_without_pictures_nothing_is_tried(session, owner, repair):
    with pytest.raises(errors.InvalidRequest, match="one way"):
        submit(session, owner, repair)


def test_too_many_pictures_are_refused(session, owner, repair, picture):
    with pytest.raises(errors.InvalidRequest, match="65 pictures"):
        submit(session, owner, repair, [picture] * 65)


def test_pictures_of_somebody_else_are_not_there(session, owner, repair):
    with pytest.raises(errors.NotFound):
        submit(session, owner, repair, [factories.make_upload(session).id])


def test_a_repair_that_goes_on_cannot_be_tried(session, owner, picture):
    with pytest.raises(errors.JobNotFinished):
        submit(session, owner, factories.make_job(session, owner), [picture])


def test_a_model_is_tried_as_its_last_repair_scaled_it(session, owner, repair, picture):
    model_id = repair.request["model"]
    job = predictions.submit_for_model(
        session, owner.id, model_id, ModelPredict(), upload_ids=[picture]
    )
    assert (job.request["preprocessing"], list(job.request["models"])) == ("/255", ["before"])


def test_a_model_of_which_nobody_knows_the_scaling_needs_to_be_told(session, owner, picture):
    model = factories.make_model(session, owner)
    with pytest.raises(errors.InvalidRequest, match="never repaired"):
        predictions.submit_for_model(
            session, owner.id, model.id, ModelPredict(), upload_ids=[picture]
        )
