"""Jobs beside each other."""

import dataclasses

import pytest

from core.results import PruningStep, TrainingEpoch
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


def test_what_was_asked_of_all_alike_is_told_to_whoever_asks(session, owner):
    ids = [_ended(session, owner), _ended(session, owner)]
    assert "seed" not in {item.name for item in comparing.compare(session, ids).differences}
    found = {
        item.name: item.values
        for item in comparing.compare(session, ids, with_equal=True).differences
    }
    assert found["seed"] == [0, 0]


def test_a_job_that_succeeded_without_test_sets_has_a_run_without_figures(session, owner):
    nothing = factories.make_report()
    nothing = dataclasses.replace(
        nothing,
        before=dataclasses.replace(nothing.before, clean_accuracy=None, attacks=()),
        after=dataclasses.replace(nothing.after, clean_accuracy=None, attacks=()),
        goodnet=dataclasses.replace(
            nothing.goodnet, clean_accuracy=None, false_positive_rate=None, detection_rate={}
        ),
    )
    ids = [_ended(session, owner), _ended(session, owner, reports={"": nothing})]
    found = comparing.compare(session, ids)
    assert [run.job_id for run in found.runs] == ids
    assert _measure(found, "clean_accuracy", "after").figures[1] is None


def test_curves_are_those_of_the_budget_of_each_run(session, owner):
    report = dataclasses.replace(
        factories.make_report(),
        training_curve=(
            TrainingEpoch(epoch=0, loss=None, select_accuracy=0.5, learning_rate=None),
        ),
        pruning_curve=(
            PruningStep(channels_pruned=0, layer=None, channel=None, select_accuracy=1.0),
        ),
    )
    ids = [_ended(session, owner, reports={"": report}), _ended(session, owner)]
    drawn, without = comparing.curves(session, comparing.compare(session, ids).runs)
    assert drawn == comparing.RunCurves(pruning=((0, 1.0),), training=((0, 0.5),))
    assert without == comparing.RunCurves(pruning=(), training=())


def test_inputs_are_called_by_their_names(session, owner):
    job = factories.make_job(session, owner)
    assert comparing.input_names(session, [job.id])[job.request["model"]] == "bad net"
