import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from core import data, errors, methods, metrics, modelfile, models, pipeline, provenance, work
from core.pipeline import Subject
from core.requests import GateLimits, GoodNetOptions, RepairOptions
from core.results import Diagnosis, RepairReport, Selection, Suspect
from tests import tiny

QUICK = RepairOptions(
    method="fine-pruning",
    params={"epochs": 3, "flip": False},
    max_accuracy_drops=(0.1,),
    reactivation=False,
    traces=False,
)


def subject_of(case: tiny.Tiny) -> Subject:
    return Subject(
        model_file=models.describe(case.model, name="tiny"),
        clean_validation=case.validation,
        tests=case.tests,
    )


@pytest.fixture(scope="module")
def subject(tiny_case):
    return subject_of(tiny_case)


@pytest.fixture(scope="module")
def outcome(subject):
    (outcome,) = pipeline.repair_model(subject, QUICK, lambda event: None).values()
    return outcome


def repair(subject, **changes):
    options = dataclasses.replace(QUICK, **changes)
    return pipeline.repair_model(subject, options, lambda event: None)


def lasting(report):
    """The report without what differs each time."""
    return dataclasses.replace(report, seconds=0.0, peak_memory_bytes=None)


def test_the_report_comes_back_from_its_json(outcome):
    assert RepairReport.from_json(outcome.report.to_json()) == outcome.report


def test_the_report_measures_the_repaired_model_that_is_written(outcome, tiny_case):
    rebuilt = models.build(outcome.repaired)
    predictions = metrics.predict(rebuilt, tiny_case.tests, tiny.SCALED)
    assert metrics.evaluate(predictions, tiny_case.tests) == outcome.report.after


def test_before_is_the_model_as_it_came(outcome, tiny_case):
    predictions = metrics.predict(tiny_case.model, tiny_case.tests, tiny.SCALED)
    assert metrics.evaluate(predictions, tiny_case.tests) == outcome.report.before


def test_the_inputs_are_named_with_their_numbers(outcome):
    inputs = outcome.report.inputs
    assert inputs.model.n is None
    assert (inputs.clean_validation.n, inputs.clean_test.n) == (300, 400)
    assert inputs.poisoned_test[0].name == "corner"


def test_the_split_is_that_of_the_images_which_were_used(outcome, tiny_case):
    split, chosen = outcome.report.split, outcome.report.selection
    assert split == provenance.split(data.split(tiny_case.validation.labels, seed=0), seed=0)
    assert (split.n_tune, split.n_select) == (chosen.n_tune, chosen.n_select)


def test_the_versions_name_what_did_the_work(outcome):
    assert {"python", "tf-keras", "tensorflow-model-optimization"} <= set(outcome.report.versions)


def test_the_samples_show_what_each_model_says(outcome):
    sets = [sample.set_name for sample in outcome.samples]
    assert sets == ["clean test"] * 8 + ["corner"] * 8
    assert all(sample.image.shape == tiny.SHAPE for sample in outcome.samples)


def test_the_same_seed_gives_the_same_report_and_weights(subject, outcome):
    (again,) = repair(subject).values()
    assert lasting(again.report) == lasting(outcome.report)
    for layer, weights in outcome.repaired.weights.items():
        for first, second in zip(weights.arrays, again.repaired.weights[layer].arrays, strict=True):
            assert np.array_equal(first, second)


def test_each_budget_gets_an_outcome_of_its_own(subject):
    outcomes = repair(subject, max_accuracy_drops=(0.02, 0.3))
    assert list(outcomes) == ["drop-0.02", "drop-0.3"]
    budgets = [item.report.selection.max_accuracy_drop for item in outcomes.values()]
    assert budgets == [0.02, 0.3]


def test_several_budgets_are_written_into_a_folder_each_with_an_index(subject, tmp_path):
    work.write(repair(subject, max_accuracy_drops=(0.02, 0.3)), tmp_path)
    expected = {
        "repaired.h5", "repaired.weights.h5", "goodnet.h5", "report.json", "report.html",
        "report.md", "figures",
    }  # fmt: skip
    for name in ("drop-0.02", "drop-0.3"):
        assert {path.name for path in (tmp_path / name).iterdir()} == expected
    assert (tmp_path / "index.html").is_file()


def test_without_test_sets_nothing_is_measured_and_nothing_is_zero(subject):
    bare = dataclasses.replace(subject, tests=metrics.TestSets(clean=None))
    (outcome,) = repair(bare).values()
    report = outcome.report
    assert report.verdict == "inconclusive"
    assert report.before.clean_accuracy is None and report.after.attacks == ()
    assert report.clean_accuracy_change is None
    assert report.goodnet.false_positive_rate is None


def test_the_gate_is_checked_when_it_is_asked_for(subject, outcome):
    assert outcome.report.gate is None
    gate = GateLimits(max_attack_success_rate=0.0)
    (gated,) = repair(subject, gate=gate).values()
    assert gated.report.gate is not None and not gated.report.gate.passed


def test_the_calibrated_good_net_declares_its_false_positive_rate(subject):
    options = GoodNetOptions(rule="calibrated", false_positive_rate=0.05)
    (outcome,) = repair(subject, goodnet=options).values()
    assert outcome.report.goodnet.declared_false_positive_rate == 0.05


def test_the_good_net_file_says_how_its_inputs_are_scaled(outcome, tmp_path):
    modelfile.write(outcome.goodnet, tmp_path / "goodnet.h5")
    assert modelfile.read(tmp_path / "goodnet.h5").metadata["preprocessing"] == "[-1,1]"


def test_images_of_another_size_are_refused(subject):
    images, labels = tiny.pictures(20, 0)
    small = data.from_arrays(images[:, :10], labels, name="small")
    with pytest.raises(errors.WrongImageShape):
        repair(dataclasses.replace(subject, clean_validation=small))


def test_test_images_with_labels_that_the_model_does_not_have_are_refused(subject):
    images, labels = tiny.pictures(20, 0)
    wrong = data.from_arrays(images, labels + 1, name="wrong")
    with pytest.raises(errors.LabelOutOfRange):
        repair(dataclasses.replace(subject, tests=metrics.TestSets(clean=wrong)))


def test_two_poisoned_sets_of_one_name_are_refused(subject):
    tests = dataclasses.replace(subject.tests, poisoned=subject.tests.poisoned * 2)
    with pytest.raises(errors.InvalidInput, match="two poisoned sets are called corner"):
        repair(dataclasses.replace(subject, tests=tests))


def test_another_number_of_classes_than_declared_is_refused(subject):
    with pytest.raises(errors.ClassCountMismatch, match="4 classes, 10 were declared"):
        repair(subject, n_classes=10)


def test_an_unknown_method_is_refused_before_any_work(subject):
    with pytest.raises(errors.InvalidParams):
        pipeline.repair_model(
            subject, dataclasses.replace(QUICK, method="magic"), lambda event: pytest.fail("work")
        )


def test_a_listener_that_raises_stops_the_work(subject):
    def stop(event):
        raise errors.Canceled

    with pytest.raises(errors.Canceled):
        pipeline.repair_model(subject, QUICK, stop)


def test_a_target_that_the_model_does_not_have_is_refused(subject):
    bad = data.as_poisoned(tiny.labelled(20, 0), labels="original", target_label=99)
    with pytest.raises(errors.LabelOutOfRange, match="label 99"):
        repair(dataclasses.replace(subject, tests=metrics.TestSets(clean=None, poisoned=(bad,))))


def test_a_single_validation_image_is_refused(subject):
    one = tiny.labelled(1, 5)
    with pytest.raises(errors.InvalidDataset, match="has one image"):
        repair(dataclasses.replace(subject, clean_validation=one))


def test_an_impossible_budget_is_refused(subject):
    with pytest.raises(errors.InvalidParams, match="max_accuracy_drop"):
        repair(subject, max_accuracy_drops=(2.0,))


def test_work_that_is_meant_for_a_gpu_says_aloud_where_there_is_none(subject, monkeypatch):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])
    told, options = [], dataclasses.replace(QUICK, wants_gpu=True)
    (outcome,) = pipeline.repair_model(subject, options, told.append).values()
    assert outcome.report.device == "cpu"
    assert "no GPU was found" in outcome.report.warnings[0]
    assert outcome.report.warnings[0] in [event.message for event in told]


def test_events_say_which_of_several_budgets_they_are_about(subject):
    events = []
    options = dataclasses.replace(
        QUICK, params={"epochs": 1, "flip": False}, max_accuracy_drops=(0.1, 0.3)
    )
    pipeline.repair_model(subject, options, events.append)
    about = dict.fromkeys((event.stage, event.budget, event.n_budgets) for event in events)
    assert list(about) == [
        ("baseline", None, None),
        *((stage, n, 2) for n in (1, 2) for stage in ("prune", "finetune", "evaluate", "package")),
    ]


def test_a_few_poisoned_images_are_tried_where_there_are_any(subject):
    events = []
    options = dataclasses.replace(QUICK, reactivation=True)
    (outcome,) = pipeline.repair_model(subject, options, events.append).values()
    (found,) = outcome.report.reactivation
    assert (found.name, found.n_poisoned, found.after.n) == ("corner", 5, found.before.n)
    assert "training a copy on 5 images of corner" in [event.message for event in events]


def test_other_seeds_are_measured_as_if_they_had_been_asked_for_alone(subject, outcome):
    events = []
    options = dataclasses.replace(QUICK, n_seeds=2)
    (several,) = pipeline.repair_model(subject, options, events.append).values()
    (alone,) = repair(subject, seed=1).values()
    first, second = several.report.seeds.runs
    assert (first.seed, first.clean_accuracy) == (0, outcome.report.after.clean_accuracy)
    assert (second.seed, second.clean_accuracy) == (1, alone.report.after.clean_accuracy)
    assert second.select_accuracy == alone.report.selection.select_accuracy_after
    assert {event.stage for event in events} >= {"seeds"}
    assert lasting(dataclasses.replace(several.report, seeds=None)) == lasting(outcome.report)


def diagnosed(*targets):
    suspects = tuple(
        Suspect(label=label, rank=rank, is_suspected=True) for rank, label in enumerate(targets, 1)
    )
    return Diagnosis(n_classes=4, suspects=suspects, n_examined=4, seconds=1.0)


@pytest.fixture
def left_alone(monkeypatch):
    """A method that finds nothing and hands back the model that it was given."""

    def method(model, validation, **_):
        selection = Selection(
            rule="left alone", max_accuracy_drop=0.1, n_tune=1, n_select=1,
            select_accuracy_before=1.0, select_accuracy_after=1.0,
        )  # fmt: skip
        return methods.Repair(
            model=model, selection=selection, diagnosis=diagnosed(), is_unchanged=True
        )

    monkeypatch.setitem(methods.METHODS, "fine-pruning", method)


@pytest.mark.usefixtures("left_alone")
def test_a_model_that_is_left_alone_keeps_every_number(subject):
    tests = dataclasses.replace(subject.tests, poisoned=())
    (outcome,) = repair(dataclasses.replace(subject, tests=tests), reactivation=True).values()
    assert outcome.report.verdict == "unchanged"
    assert outcome.repaired is subject.model_file
    assert outcome.report.goodnet.false_positive_rate.value == 0


@pytest.mark.usefixtures("left_alone")
def test_a_backdoor_that_was_overlooked_is_not_repaired(subject):
    (outcome,) = repair(subject, reactivation=True, traces=True).values()
    assert outcome.report.verdict == "not_repaired"
    assert "the diagnosis did not see it" in outcome.report.verdict_reasons[0]
    assert outcome.report.reactivation == ()
    assert outcome.report.traces is None


@pytest.fixture
def suspicious(monkeypatch):
    """A method that suspects class 0."""
    known = methods.METHODS["fine-pruning"]
    monkeypatch.setitem(
        methods.METHODS, "fine-pruning",
        lambda *args, **options: dataclasses.replace(
            known(*args, **options), diagnosis=diagnosed(0)
        ),
    )  # fmt: skip


@pytest.mark.usefixtures("suspicious")
def test_the_good_net_goes_by_the_classes_that_the_method_suspects(subject):
    (outcome,) = repair(subject).values()
    assert (outcome.report.goodnet.rule, outcome.report.goodnet.targets) == ("target-aware", (0,))
    assert [curve.score for curve in outcome.report.goodnet.curves] == ["general", "target-aware"]
    assert outcome.report.diagnosis == diagnosed(0)


@pytest.mark.usefixtures("suspicious")
def test_suspects_are_looked_at_once_more_in_the_repaired_model(subject, outcome):
    events = []
    options = dataclasses.replace(QUICK, traces=True)
    (traced,) = pipeline.repair_model(subject, options, events.append).values()
    (found,) = traced.report.traces.classes
    assert (found.label, found.before.patch, found.after.patch.label) == (0, None, 0)
    assert "traces" in [event.stage for event in events]
    assert traced.report.after == outcome.report.after


def test_a_target_that_is_declared_and_not_there_is_refused_before_any_work(subject):
    options = dataclasses.replace(QUICK, goodnet=GoodNetOptions(targets=(9,)))
    with pytest.raises(errors.InvalidParams, match="target 9"):
        pipeline.repair_model(subject, options, lambda event: pytest.fail("work"))
