"""A job that diagnoses a model has what it needs, and the newest diagnosis of a model is found."""

import pytest

from core.results import Diagnosis
from service import diagnoses, errors, estimates, jobs, models, trash
from service.schemas import ModelDiagnose
from tests import factories

FOUND = Diagnosis(n_classes=4, suspects=(), n_examined=4, seconds=1.0).to_json()


@pytest.fixture
def owner(session):
    return factories.make_user(session)


@pytest.fixture
def model(session, owner):
    return factories.make_model(session, owner, name="sunglasses")


def submit(session, owner, model, *, role="clean", **asked):
    images = factories.make_dataset(session, owner, options={"role": role})
    wanted = ModelDiagnose(clean_validation=images.id, **asked)
    return diagnoses.submit(session, owner.id, model.id, wanted)


def finish(session, job):
    jobs.finish(session, factories.make_claim(session, job), jobs.Outcome(result=FOUND))


def test_a_diagnosis_is_a_job_that_waits(session, owner, model):
    job = submit(session, owner, model, preprocessing="/255", queue="gpu")
    assert (job.kind, job.state, job.queue) == ("diagnose", "queued", "gpu")
    assert job.name == "sunglasses \N{MIDDLE DOT} diagnosis"
    assert (job.request["model"], job.request["preprocessing"]) == (model.id, "/255")
    assert {item.role for item in jobs.inputs_of(session, job.id)} == {"model", "clean_validation"}


@pytest.mark.parametrize("role", ["poisoned", "unlabelled"])
def test_it_needs_clean_images(session, owner, model, role):
    with pytest.raises(errors.Conflict, match="a clean one is needed"):
        submit(session, owner, model, role=role)


def test_a_model_that_is_being_diagnosed_is_not_deleted(session, owner, model):
    submit(session, owner, model)
    with pytest.raises(errors.ResourceInUse):
        models.delete(session, model.id)


def test_the_newest_diagnosis_is_found(session, owner, model):
    first, second = submit(session, owner, model), submit(session, owner, model)
    finish(session, first)
    finish(session, second)
    found = diagnoses.newest(session, model.id)
    assert (found.job_id, found.diagnosis["n_examined"]) == (second.id, 4)


def test_one_that_has_not_ended_or_lies_in_the_trash_is_none(session, owner, model):
    discarded = submit(session, owner, model)
    finish(session, discarded)
    submit(session, owner, model)
    trash.discard(session, discarded.id)
    assert diagnoses.newest(session, model.id) is None


def test_how_long_one_takes_is_told_by_those_before(session, owner, model):
    assert estimates.typical_diagnosis_seconds(session, model.id) is None
    finish(session, submit(session, owner, model))
    assert estimates.typical_diagnosis_seconds(session, model.id) is not None
