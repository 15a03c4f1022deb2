"""Jobs beside each other."""

import pytest

from service import comparing, errors, jobs, models
from service.schemas import JobData, ModelCreate
from tests import factories


def _ended(session, owner, *, reports=None, **fields):
    job = factories.make_job(session, owner, **fields)
    reports = {"": factories.make_report()} if reports is None else reports
    jobs.finish(session, factories.make_claim(session, job), jobs.Outcome(reports=reports))
    return job.id


def _measure(found, name, phase):
    (measure,) = [item for item in found.measures if (item.name, item.phase) == (name, phase)]
    return measure


def test_what_only_one_job_measured_is_none_for_the_others(session, owner):
    ids = [_ended(session, owner), factories.make_job(session, owner).id]
    found = comparing.compare(session, ids)
    assert [run.job_id for run in found.runs] == ids[:1]
    assert found.warnings[0] == "1 of 2 jobs have no figures: they have not succeeded"


def test_each_budget_of_a_job_stands_for_itself(session, owner):
    two = {"drop-0.04": factories.make_report(accuracy=0.75)}
    ids = [_ended(session, owner), _ended(session, owner, reports=two)]
    found = comparing.compare(session, ids)
    figures = _measure(found, "clean_accuracy", "after").figures
    assert [(run.job_id, run.max_accuracy_drop) for run in found.runs] == [
        (ids[0], 0.04), (ids[1], 0.04),
    ]  # fmt: skip
    assert figures[1].delta == pytest.approx(-0.2)


def test_measures_stand_in_the_order_of_a_report(session, owner):
    found = comparing.compare(session, [_ended(session, owner), _ended(session, owner)])
    assert [(item.phase, item.name) for item in found.measures][:4] == [
        ("before", "clean_accuracy"), ("before", "attack_success_rate"), ("before", "floor"),
        ("after", "clean_accuracy"),
    ]  # fmt: skip


def test_nested_settings_are_compared_by_their_full_names(session, owner):
    ids = [
        _ended(session, owner, name="a", params={"epochs": 1}),
        _ended(session, owner, name="b", method="fine-tuning", params={"epochs": 2}),
    ]
    found = {item.name: item.values for item in comparing.compare(session, ids).differences}
    assert found["params.epochs"] == [1, 2]
    assert found["params.order"] == ["mean-activation", None]
    assert "name" not in found


def test_other_test_sets_make_figures_incomparable(session, owner):
    validation = factories.make_dataset(session, owner).id
    tests = [factories.make_dataset(session, owner, sha256=digit * 64).id for digit in "ab"]
    data = [JobData(clean_validation=validation, clean_test=test) for test in tests]
    ids = [_ended(session, owner, data=item) for item in data]
    assert comparing.compare(session, ids).warnings == [
        "clean test sets differ: clean accuracies are not comparable"
    ]


def test_the_same_bytes_under_two_ids_are_the_same_test_set(session, owner):
    validation = factories.make_dataset(session, owner).id
    tests = [factories.make_dataset(session, owner).id for _ in range(2)]
    data = [JobData(clean_validation=validation, clean_test=test) for test in tests]
    ids = [_ended(session, owner, data=item) for item in data]
    assert comparing.compare(session, ids).warnings == []


def test_all_that_are_no_repairs_are_named(session, owner):
    upload = factories.make_upload(session, owner)
    model = models.add(session, owner.id, ModelCreate(upload_id=upload.id))
    with pytest.raises(errors.InvalidRequest) as caught:
        comparing.compare(session, [_ended(session, owner), model.intake_job_id])
    assert caught.value.details["errors"][0]["pointer"] == "#/job/1"
