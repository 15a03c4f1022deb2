import dataclasses

from core import metrics
from core.methods import base
from core.results import Selection
from tests import tiny


def selection(before, after):
    return Selection(
        rule="", max_accuracy_drop=0.04, n_tune=1, n_select=100, select_accuracy_before=before,
        select_accuracy_after=after,
    )  # fmt: skip


def test_a_repair_over_its_budget_is_told():
    (warning,) = base.over_budget(selection(0.9, 0.8))
    assert "costs 10.0 %" in warning and "budget of 4.0 %" in warning


def test_a_repair_of_exactly_its_budget_is_not():
    assert base.over_budget(selection(0.9, 0.86)) == ()


def test_select_accuracy_is_measured_on_select(tiny_case, validation):
    forward = metrics.compiled(tiny_case.model)
    expected = metrics.accuracy(forward, validation.select, tiny.SCALED)
    assert base.select_accuracy(tiny_case.model, validation) == expected


def test_training_of_which_nothing_was_kept_is_told():
    (warning,) = base.untouched(dataclasses.replace(selection(0.9, 0.9), epoch=0))
    assert "none was kept" in warning
    assert base.untouched(dataclasses.replace(selection(0.9, 0.9), epoch=3)) == ()
