import dataclasses

import numpy as np
import pytest

from core import catalogue, methods, metrics, models
from core.methods import base
from core.results import Selection
from tests import tiny

QUICK = {
    "fine-tuning": catalogue.FineTuning(epochs=2, flip=False, shift=1),
    "fine-pruning": catalogue.FinePruning(epochs=2, flip=False, shift=1),
    "magnitude-pruning": catalogue.MagnitudePruning(epochs=1),
}
every_method = pytest.mark.parametrize("name", list(methods.METHODS))


def repair(name, model, validation, *, seed=0, budget=0.04):
    return methods.METHODS[name](
        model, validation, params=QUICK[name], max_accuracy_drop=budget,
        execution=methods.Execution(seed=seed, on_event=lambda event: None),
    )  # fmt: skip


def selection(before, after):
    return Selection(
        rule="", max_accuracy_drop=0.04, n_tune=1, n_select=100, select_accuracy_before=before,
        select_accuracy_after=after,
    )  # fmt: skip


def test_the_methods_are_those_of_the_catalogue():
    assert set(methods.METHODS) == set(catalogue.METHODS) == set(QUICK)


@every_method
def test_the_model_handed_in_is_unchanged(name, tiny_case, validation):
    before = tiny_case.model.get_weights()
    repair(name, tiny_case.model, validation)
    for first, second in zip(before, tiny_case.model.get_weights(), strict=True):
        assert np.array_equal(first, second)


@every_method
def test_the_same_seed_gives_the_same_weights(name, tiny_case, validation):
    first, second = (repair(name, tiny_case.model, validation, seed=5).model for _ in range(2))
    for one, two in zip(first.get_weights(), second.get_weights(), strict=True):
        assert np.array_equal(one, two)


@every_method
def test_the_selection_tells_what_the_repaired_model_really_does(name, tiny_case, validation):
    done = repair(name, tiny_case.model, validation)
    measured = base.select_accuracy(done.model, validation)
    assert done.selection.select_accuracy_after == pytest.approx(measured)
    assert done.selection.n_tune + done.selection.n_select == len(tiny_case.validation)


@every_method
def test_a_repaired_model_has_the_layers_of_the_one_handed_in(name, tiny_case, validation):
    done = repair(name, tiny_case.model, validation)
    assert [layer.name for layer in done.model.layers] == [
        layer.name for layer in tiny_case.model.layers
    ]


@pytest.mark.parametrize("name", ["fine-tuning", "fine-pruning"])
def test_the_budget_is_kept_on_select(name, tiny_case, validation):
    chosen = repair(name, tiny_case.model, validation, budget=0.02).selection
    assert chosen.select_accuracy_after >= chosen.select_accuracy_before - 0.02 - 1e-9


def test_a_repair_over_its_budget_is_told():
    (warning,) = base.over_budget(selection(0.9, 0.8))
    assert "costs 10.0 %" in warning and "budget of 4.0 %" in warning


def test_a_repair_of_exactly_its_budget_is_not():
    assert base.over_budget(selection(0.9, 0.86)) == ()


def test_select_accuracy_is_measured_on_select(tiny_case, validation):
    forward = metrics.compiled(tiny_case.model)
    expected = metrics.accuracy(forward, validation.select, tiny.SCALED)
    assert base.select_accuracy(tiny_case.model, validation) == expected


@every_method
def test_frozen_layers_are_repaired_too_and_come_back_frozen(name, tiny_case, validation):
    frozen = models.copy(tiny_case.model)
    frozen.trainable = False
    done = repair(name, frozen, validation, budget=1.0)
    assert not done.model.trainable_weights
    for before, after in zip(frozen.get_weights(), done.model.get_weights(), strict=True):
        assert not np.array_equal(before, after)


def test_training_of_which_nothing_was_kept_is_told():
    (warning,) = base.untouched(dataclasses.replace(selection(0.9, 0.9), epoch=0))
    assert "none was kept" in warning
    assert base.untouched(dataclasses.replace(selection(0.9, 0.9), epoch=3)) == ()
