import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from core import catalogue, methods, metrics, models
from core.methods import auto, base
from core.results import Selection
from tests import tiny


def repair(model, validation, on_event=lambda event: None):
    return methods.METHODS["auto"](
        model, validation, params=catalogue.Auto(), max_accuracy_drop=0.04,
        execution=methods.Execution(seed=0, on_event=on_event),
    )  # fmt: skip


@pytest.fixture(scope="module")
def events():
    return []


@pytest.fixture(scope="module")
def done(tiny_case, validation, events):
    return repair(tiny_case.model, validation, events.append)


def test_it_tells_the_diagnosis_and_every_candidate(done, events):
    assert done.diagnosis is not None
    assert done.candidates
    told = [event for event in events if event.stage == "candidates"]
    assert len(told) == len(done.candidates)


def test_the_backdoor_of_the_tiny_model_is_gone_or_the_model_untouched(done, tiny_case):
    poisoned = tiny.SCALED.apply(tiny.poisoned(60, seed=9).images.at(range(40)))
    labels = np.concatenate(list(metrics.compiled(done.model)(poisoned)))
    assert done.is_unchanged == (not any(each.is_chosen for each in done.candidates))
    assert done.is_unchanged or np.mean(labels == tiny.TARGET) < 0.6


def trial(*, after, remaining, before=0.8, budget=0.04, n_select=500):
    selection = Selection(
        rule="", max_accuracy_drop=budget, n_tune=8, n_select=n_select,
        select_accuracy_before=before, select_accuracy_after=after,
    )  # fmt: skip
    repaired = base.Repair(model=None, selection=selection)
    return auto._Trial(
        params=catalogue.FineTuning(), repair=repaired, remaining=remaining, seconds=1.0
    )


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (trial(after=0.77, remaining=0.02), trial(after=0.79, remaining=0.5)),
        (trial(after=0.79, remaining=0.04), trial(after=0.78, remaining=0.0)),
        (trial(after=0.77, remaining=0.6), trial(after=0.70, remaining=0.0)),
        (trial(after=0.77, remaining=0.2), trial(after=0.80, remaining=0.3)),
    ],
    ids=["triggers first", "then accuracy", "within the budget", "fewer triggers left"],
)
def test_the_better_candidate_ranks_first(better, worse):
    assert better.rank < worse.rank


def test_a_cost_is_not_worth_it_where_nothing_is_suspected():
    assert trial(after=0.79, remaining=None).is_nearly_free
    assert not trial(after=0.78, remaining=None).is_nearly_free


def test_one_image_of_a_few_is_no_cost_that_counts():
    assert trial(after=0.775, remaining=None, n_select=40).is_nearly_free
    assert not trial(after=0.75, remaining=None, n_select=40).is_nearly_free


def case(model, validation, targets=()):
    found = SimpleNamespace(targets=targets, suspects=(), n_classes=model.output_shape[-1])
    return auto._Case(model, validation, SimpleNamespace(diagnosis=found), 0.04)


def test_where_classes_are_not_shown_only_the_suspected_are_learned_anew(tiny_case, validation):
    shown = np.flatnonzero(validation.tune.labels != 1)
    few = dataclasses.replace(validation, tune=validation.tune.only(shown))
    (planned,) = auto._plan(case(tiny_case.model, few, targets=(2,)))
    assert planned == catalogue.TargetRelearning(labels="2")


def test_pictures_that_must_not_be_mirrored_are_not(tiny_case, validation):
    planned = auto._plan(case(tiny_case.model, validation, targets=(0,)))
    assert [each.forget for each in planned] == ["dense", "readout"]
    assert {each.flip for each in planned} == {
        auto._mirror_is_harmless(tiny_case.model, validation)
    }


def test_the_model_that_is_left_as_it_is_is_the_one_handed_in(tiny_case, validation):
    kept = auto._unchanged(case(tiny_case.model, validation))
    assert kept.is_unchanged and kept.model is tiny_case.model
    assert models.describe(kept.model, name="") is not None
