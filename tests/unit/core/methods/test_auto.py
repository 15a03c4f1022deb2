from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import tf_keras as keras

from core import catalogue, diagnosis, methods, metrics, models
from core.methods import auto, base, cases, trials
from core.results import Selection
from tests import tiny

QUIET = methods.Execution(seed=0, on_event=lambda event: None)


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
    return trials.Trial(
        params=catalogue.FineTuning(), repair=repaired, remaining=remaining, seconds=1.0
    )


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (trial(after=0.77, remaining=0.02), trial(after=0.79, remaining=0.5)),
        (trial(after=0.79, remaining=0.04), trial(after=0.78, remaining=0.0)),
        (trial(after=0.77, remaining=0.2), trial(after=0.80, remaining=0.3)),
    ],
    ids=["triggers first", "then accuracy", "fewer triggers left"],
)
def test_the_better_candidate_ranks_first(better, worse):
    assert better.rank < worse.rank


def test_a_cost_is_not_worth_it_where_nothing_is_suspected():
    assert trial(after=0.79, remaining=None).is_nearly_free
    assert not trial(after=0.78, remaining=None).is_nearly_free


def test_one_image_of_a_few_is_no_cost_that_counts():
    assert trial(after=0.775, remaining=None, n_select=40).is_nearly_free
    assert not trial(after=0.75, remaining=None, n_select=40).is_nearly_free


def case(model, validation, targets=(), *, assumes_backdoor=False, budget=0.04):
    found = SimpleNamespace(targets=targets, suspects=(), n_classes=model.output_shape[-1])
    findings = SimpleNamespace(diagnosis=found)
    return cases.Case(model, validation, findings, budget, assumes_backdoor)


def test_where_classes_are_not_shown_only_the_suspected_are_learned_anew(tiny_case, validation):
    shown = np.flatnonzero(validation.tune.labels != 1)
    few = replace(validation, tune=validation.tune.only(shown))
    (planned,) = auto._plan(case(tiny_case.model, few, targets=(2,)))
    assert planned == catalogue.TargetRelearning(labels="2")


def test_pictures_that_must_not_be_mirrored_are_not(tiny_case, validation):
    planned = auto._plan(case(tiny_case.model, validation, targets=(0,)))
    assert [each.forget for each in planned] == ["dense", "readout"]
    assert {each.flip for each in planned} == {
        auto._mirror_is_harmless(tiny_case.model, validation)
    }


def test_without_suspicion_only_what_costs_next_to_nothing_is_planned(tiny_case, validation):
    (planned,) = auto._plan(case(tiny_case.model, validation))
    assert planned.forget == "readout"


def test_a_backdoor_taken_as_known_is_pruned_for_where_nothing_is_suspected(tiny_case, validation):
    first, then = auto._plan(case(tiny_case.model, validation, assumes_backdoor=True))
    assert isinstance(first, catalogue.TwoLayerFinePruning)
    assert then.forget == "readout"


def test_a_suspicion_counts_for_more_than_what_is_taken_as_known(tiny_case, validation):
    plans = [
        auto._plan(case(tiny_case.model, validation, targets=(0,), assumes_backdoor=assumes))
        for assumes in (False, True)
    ]
    assert plans[0] == plans[1]


@pytest.fixture
def against(tiny_case, validation, monkeypatch):
    """What a repair treats as suspected, of a case whose ranking begins with 2 and 1."""
    monkeypatch.setattr(auto.targets, "worth_repairing", lambda found: (2, 1))
    monkeypatch.setattr(auto.banks, "of_suspected", lambda *given, **options: given[2])

    def of(**known):
        told = case(tiny_case.model, validation, **known)
        return auto._searched_once(told, [catalogue.TargetRelearning()], QUIET)().against

    return of


def test_a_backdoor_taken_as_known_speaks_against_the_first_of_the_ranking(against):
    assert against(assumes_backdoor=True, budget=1.0) == (2, 1)
    assert against(assumes_backdoor=True, budget=1.0, targets=(1,)) == (1,)
    assert against(budget=1.0, targets=(1,)) == (1,)
    assert against(budget=1.0) == ()


def test_classes_that_nobody_suspects_are_kept_where_they_are_many(against):
    assert against(assumes_backdoor=True, budget=0.04) == ()


def test_a_repair_that_gave_up_classes_nobody_suspects_names_them(
    tiny_case, validation, monkeypatch
):
    few = replace(validation, tune=validation.tune.only(np.flatnonzero(validation.tune.labels)))
    done = unsuspected(
        tiny_case.model, few, monkeypatch, max_accuracy_drop=1.0, assume_backdoor=True
    )
    assert [each.method for each in done.candidates] == ["target-relearning"]
    assert "no class is suspected, so those that rank highest" in done.warnings[0]
    assert done.diagnosis and not done.diagnosis.targets


def test_a_model_without_convolutions_forgets_its_dense_layers(validation):
    shape = validation.tune.shape[1:]
    layers = [keras.layers.Flatten(input_shape=shape), keras.layers.Dense(tiny.N_CLASSES)]
    flat = keras.Sequential(layers)
    first, _ = auto._plan(case(flat, validation, assumes_backdoor=True))
    assert first.forget == "dense"


def unsuspected(model, validation, monkeypatch, *, max_accuracy_drop=0.04, **params):
    """A repair whose diagnosis suspects nothing."""
    findings = diagnosis.diagnose(model, validation, execution=QUIET)
    suspects = tuple(replace(each, is_suspected=False) for each in findings.diagnosis.suspects)
    blind = replace(findings, diagnosis=replace(findings.diagnosis, suspects=suspects))
    monkeypatch.setattr(auto.diagnosis, "diagnose", lambda *arguments, **options: blind)
    return methods.METHODS["auto"](
        model,
        validation,
        params=catalogue.Auto(**params),
        max_accuracy_drop=max_accuracy_drop,
        execution=QUIET,
    )


def test_a_backdoor_taken_as_known_is_repaired_without_suspicion(
    tiny_case, validation, monkeypatch
):
    done = unsuspected(tiny_case.model, validation, monkeypatch, assume_backdoor=True)
    chosen = next(each for each in done.candidates if each.is_chosen)
    assert not done.is_unchanged
    assert done.candidates[0].method == "two-layer-fine-pruning"
    assert chosen.is_within_budget and chosen.remaining_success is None


CHEAP, DEAR = trial(after=0.77, remaining=0.6), trial(after=0.70, remaining=0.0)


def test_what_costs_more_than_the_budget_is_not_taken(tiny_case, validation):
    suspicious = case(tiny_case.model, validation, targets=(0,))
    assert auto._best(suspicious, [CHEAP, DEAR]) is CHEAP
    assert auto._best(suspicious, [DEAR]) is None


def test_without_suspicion_what_costs_something_is_not_taken(tiny_case, validation):
    assert auto._best(case(tiny_case.model, validation), [CHEAP]) is None
    assert auto._best(case(tiny_case.model, validation, assumes_backdoor=True), [CHEAP]) is CHEAP


def test_the_model_that_is_left_as_it_is_is_the_one_handed_in(tiny_case, validation):
    kept = auto._left_as_it_is(case(tiny_case.model, validation), [])
    assert kept.is_unchanged and kept.model is tiny_case.model
    assert models.describe(kept.model, name="") is not None


@pytest.mark.parametrize(
    ("tried", "said"), [((DEAR,), "within the accuracy budget"), ((), "no repair fits")]
)
def test_a_suspected_model_that_nothing_is_done_to_is_not_called_unsuspicious(
    tiny_case, validation, tried, said
):
    kept = auto._left_as_it_is(case(tiny_case.model, validation, targets=(0,)), tried)
    assert not kept.is_unchanged and kept.model is tiny_case.model
    (warning,) = kept.warnings
    assert said in warning
