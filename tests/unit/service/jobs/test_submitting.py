"""Submit, cancel, edit, retry."""

import pytest

from core.errors import InvalidParams
from service import datasets, errors, jobs, models, schemas, subjects
from service.schemas import JobData, JobEdit, ModelCreate
from tests import factories


def test_a_new_job_waits_and_keeps_the_request_with_its_defaults(session):
    job = factories.make_job(session, name="sunglasses", tags=("lab3",), priority="high")
    assert (job.state, job.kind, job.queue, job.attempt) == ("queued", "repair", "cpu", 0)
    assert (job.name, job.tags, job.priority, job.method) == (
        "sunglasses", ["lab3"], 1, "fine-pruning",
    )  # fmt: skip
    assert job.request["params"]["epochs"] == 20
    assert schemas.JobCreate.model_validate(job.request).model_dump(mode="json") == job.request


def test_a_job_knows_its_inputs_by_role(session):
    owner = factories.make_user(session)
    clean, poisoned = (
        factories.make_dataset(session, owner, role=r) for r in ("clean", "poisoned")
    )
    data = JobData(clean_validation=clean.id, clean_test=clean.id, poisoned_test=(poisoned.id,))
    job = factories.make_job(session, owner, data=data)
    found = {
        item.role: item.dataset_id or item.model_id for item in jobs.inputs_of(session, job.id)
    }
    assert found == {
        "model": job.request["model"],
        "clean_validation": clean.id,
        "clean_test": clean.id,
        "poisoned_test": poisoned.id,
    }


def test_a_job_needs_a_model_that_is_there(session):
    request = factories.make_request(session, model="0" * 36)
    with pytest.raises(errors.NotFound, match="there is no model"):
        jobs.submit(session, factories.make_user(session).id, request)


@pytest.mark.parametrize("state", ["checking", "rejected"])
def test_a_job_needs_a_model_that_is_ready(session, state):
    model = factories.make_model(session, state=state)
    request = factories.make_request(session, model=model.id)
    with pytest.raises(errors.Conflict, match=f"is {state}, not ready"):
        jobs.submit(session, model.owner_id, request)


def test_a_clean_role_is_not_filled_with_a_poisoned_set(session):
    poisoned = factories.make_dataset(session, role="poisoned")
    request = factories.make_request(session, data=JobData(clean_validation=poisoned.id))
    with pytest.raises(errors.Conflict, match="declared poisoned, and a clean one is needed"):
        jobs.submit(session, poisoned.owner_id, request)


def test_a_job_that_waits_is_canceled_at_once(session):
    job = factories.make_job(session)
    assert jobs.cancel(session, job.id).state == "canceled"
    assert jobs.claim(session, job.id, worker_id="one", lease_s=60) is None


def test_a_job_that_runs_is_asked_to_stop_and_may_be_asked_twice(session):
    claim = factories.make_claim(session)
    assert jobs.cancel(session, claim.job_id).state == "canceling"
    assert jobs.cancel(session, claim.job_id).state == "canceling"


def test_a_job_that_has_succeeded_cannot_be_canceled(session):
    claim = factories.make_claim(session)
    jobs.finish(session, claim, jobs.Outcome())
    with pytest.raises(errors.JobNotCancelable, match="it is succeeded"):
        jobs.cancel(session, claim.job_id)


def test_cancel_of_nothing_says_so(session):
    with pytest.raises(errors.NotFound):
        jobs.cancel(session, "0" * 36)


def test_edit_changes_what_was_given_and_counts_the_version(session):
    job = factories.make_job(session, name="old", notes="kept")
    edited = jobs.edit(session, job.id, JobEdit(name="new", tags=("a",)), version=1)
    assert (edited.name, edited.notes, edited.tags, edited.version) == ("new", "kept", ["a"], 2)


def test_edit_of_an_older_version_is_refused(session):
    job = factories.make_job(session)
    jobs.edit(session, job.id, JobEdit(name="one"), version=1)
    with pytest.raises(errors.PreconditionFailed):
        jobs.edit(session, job.id, JobEdit(name="two"), version=1)
    assert jobs.get(session, job.id).name == "one"


def _ended(session, **fields):
    job = factories.make_job(session, **fields)
    return jobs.cancel(session, job.id)


def test_retry_is_a_new_job_with_the_changes(session):
    old = _ended(session, seed=1, params={"epochs": 7})
    new = jobs.retry(session, old.id, {"seed": 2, "params": {"batch_size": 8}})
    assert (new.id != old.id, new.retry_of, new.state) == (True, old.id, "queued")
    assert (new.request["seed"], new.request["params"]["batch_size"]) == (2, 8)
    assert (new.request["params"]["epochs"], new.owner_id) == (7, old.owner_id)


def test_retry_with_another_method_starts_from_its_defaults(session):
    old = _ended(session, params={"order": "apoz"})
    new = jobs.retry(session, old.id, {"method": "fine-tuning"})
    assert "order" not in new.request["params"]
    assert new.method == "fine-tuning"


def test_retry_needs_a_job_that_has_ended(session):
    with pytest.raises(errors.JobNotFinished, match="is queued"):
        jobs.retry(session, factories.make_job(session).id, {})


def test_retry_names_every_override_that_does_not_fit(session):
    with pytest.raises(errors.InvalidRequest) as caught:
        jobs.retry(session, _ended(session).id, {"seed": -1, "colour": "red"})
    pointers = {item["pointer"] for item in caught.value.details["errors"]}
    assert pointers == {"#/overrides/seed", "#/overrides/colour"}


def test_retry_checks_the_parameters_of_the_method(session):
    with pytest.raises(InvalidParams, match="no parameter 'speed'"):
        jobs.retry(session, _ended(session).id, {"params": {"speed": 1}})


def test_an_intake_is_not_retried(session):
    upload = factories.make_upload(session)
    model = models.add(session, upload.owner_id, ModelCreate(upload_id=upload.id))
    jobs.cancel(session, model.intake_job_id)
    with pytest.raises(errors.Conflict, match="only repairs"):
        jobs.retry(session, model.intake_job_id, {})


def test_retry_of_a_job_whose_data_set_is_gone_says_so(session):
    old = _ended(session)
    datasets.delete(session, old.request["data"]["clean_validation"])
    with pytest.raises(errors.NotFound, match="there is no data set"):
        jobs.retry(session, old.id, {})


@pytest.mark.parametrize("role", ["clean", "unlabelled"])
def test_unlabelled_images_may_be_declared_clean_or_unlabelled(session, role):
    more = factories.make_dataset(session, role=role)
    clean = factories.make_dataset(session)
    job = factories.make_job(session, data=JobData(clean_validation=clean.id, unlabelled=more.id))
    assert "unlabelled" in {item.role for item in jobs.inputs_of(session, job.id)}


def test_poisoned_images_are_no_unlabelled_ones(session):
    data = JobData(
        clean_validation=factories.make_dataset(session).id,
        unlabelled=factories.make_dataset(session, role="poisoned").id,
    )
    with pytest.raises(errors.Conflict, match="a clean or unlabelled one is needed"):
        jobs.submit(
            session, factories.make_user(session).id, factories.make_request(session, data=data)
        )


def test_unlabelled_images_are_not_deleted_while_a_job_needs_them(session):
    more = factories.make_dataset(session, role="unlabelled")
    data = JobData(clean_validation=factories.make_dataset(session).id, unlabelled=more.id)
    factories.make_job(session, data=data)
    with pytest.raises(errors.ResourceInUse):
        subjects.delete(session, more)


def test_of_the_n_plus_1_model_a_retry_changes_only_what_it_says(session):
    job = factories.make_job(session, goodnet={"rule": "target-aware", "targets": [5]})
    factories.fail_job(session, job.id)
    again = jobs.retry(session, job.id, {"goodnet": {"false_positive_rate": 0.05}})
    assert again.request["goodnet"] == {
        "rule": "target-aware", "targets": [5], "false_positive_rate": 0.05,
    }  # fmt: skip


@pytest.fixture
def declaring(session):
    """A function: a request that declares targets, to a model with these facts."""

    def declaring(*targets, **facts):
        model = factories.make_model(session, name="bad.h5", facts=facts)
        return factories.make_request(session, model=model.id, goodnet={"targets": targets})

    return declaring


def test_declared_targets_are_classes_of_the_model(session, owner, declaring):
    with pytest.raises(InvalidParams, match="name one from 0 to 9") as refused:
        jobs.submit(session, owner.id, declaring(3, 10, 99, n_classes=10))
    told = refused.value.details["errors"]
    assert [item["pointer"] for item in told] == ["#/goodnet/targets/1", "#/goodnet/targets/2"]
    assert told[0]["detail"].startswith("the target 10 is none of the 10 classes of 'bad.h5'")
    assert jobs.submit(session, owner.id, declaring(0, 9, n_classes=10)).state == "queued"


def test_of_a_model_whose_classes_nobody_knows_any_target_may_be_declared(
    session, owner, declaring
):
    assert jobs.submit(session, owner.id, declaring(99)).state == "queued"


def test_a_retry_refuses_a_target_that_is_no_class(session, owner, declaring):
    job = jobs.submit(session, owner.id, declaring(n_classes=10))
    factories.fail_job(session, job.id)
    with pytest.raises(InvalidParams, match="the target 10 is none"):
        jobs.retry(session, job.id, {"goodnet": {"targets": [10]}})


def test_a_retry_asks_for_as_many_seeds_and_leaves_out_as_much(session):
    job = factories.make_job(session, n_seeds=3, reactivation=False)
    factories.fail_job(session, job.id)
    again = jobs.retry(session, job.id, {"seed": 7}).request
    assert (again["n_seeds"], again["reactivation"], again["seed"]) == (3, False, 7)
