from dataclasses import replace

import numpy as np
import pytest

from core import catalogue, methods, metrics
from core.methods import banks, base, readouts, target_relearning
from tests import tiny

REAL = banks.of_suspected
PARAMS = catalogue.TargetRelearning(steps=60, triggers=2, labels=str(tiny.TARGET))


@pytest.fixture(scope="module")
def done(tiny_case, validation):
    return methods.METHODS["target-relearning"](
        tiny_case.model, validation, params=PARAMS, max_accuracy_drop=0.04,
        execution=methods.Execution(seed=0, on_event=lambda event: None),
    )  # fmt: skip


def test_fewer_triggered_images_reach_the_target(done, tiny_case):
    poisoned = tiny.SCALED.apply(tiny.poisoned(60, seed=9).images.at(range(40)))
    before, after = (
        float(np.mean(np.concatenate(list(metrics.compiled(model)(poisoned))) == tiny.TARGET))
        for model in (tiny_case.model, done.model)
    )
    assert after < before - 0.3


def test_only_the_column_of_the_target_changes(done, tiny_case):
    pairs = list(zip(tiny_case.model.get_weights(), done.model.get_weights(), strict=True))
    kernel_before, kernel_after = pairs[-2]
    others = [label for label in range(tiny.N_CLASSES) if label != tiny.TARGET]
    assert all(np.array_equal(first, second) for first, second in pairs[:-2])
    assert np.array_equal(kernel_before[:, others], kernel_after[:, others])


def test_each_search_but_the_first_is_on_what_was_learned_so_far(
    tiny_case, validation, monkeypatch
):
    seen = []

    def searched(model, validation, suspected, *, params, execution):
        seen.append((model, execution.seed))
        return REAL(model, validation, suspected, params=params, execution=execution)

    monkeypatch.setattr(banks, "of_suspected", searched)
    target_relearning.repair(
        tiny_case.model, validation, params=replace(PARAMS, steps=5, rounds=3),
        max_accuracy_drop=0.04,
        execution=methods.Execution(seed=4, on_event=lambda event: None),
    )  # fmt: skip
    models, seeds = zip(*seen, strict=True)
    assert models[0] is tiny_case.model and seeds == (4, 104, 204)
    kernels = [model.get_weights()[-2] for model in models]
    assert not np.array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[1], kernels[2])


def test_the_accuracy_that_is_told_is_that_of_the_model(done, validation):
    measured = base.select_accuracy(done.model, validation)
    assert done.selection.select_accuracy_after == pytest.approx(measured)


def test_classes_without_clean_images_are_named():
    (warning,) = target_relearning._unseen((3, 7, 9), np.array([1, 3, 3]))
    assert "classes 7, 9" in warning


def test_a_class_that_is_not_known_any_more_is_named():
    assert target_relearning._lost(()) == ()
    (warning,) = target_relearning._lost((4,))
    assert "classes 4 any more" in warning


def limits(expendable):
    # Two classes and one feature: class 1 is answered where the feature is above 0.
    seen = target_relearning._Seen(
        features=np.array([[-1.0], [1.0], [3.0]], np.float32), labels=np.array([0, 1, 1])
    )
    return target_relearning._Limits(
        tune=seen, select=seen, spread=np.ones(2, np.float32), lowest_accuracy=0.3,
        expendable=frozenset(expendable),
    )  # fmt: skip


READOUT = readouts.Readout(
    layer="scores", kernel=np.array([[0.0, 1.0]], np.float32), bias=np.zeros(2, np.float32),
    reader=None,
)  # fmt: skip


def test_no_more_classes_are_learned_anew_than_the_budget_allows():
    # Learned anew, class 1 answers nothing: two of three images would be lost.
    anew = readouts.Readout(
        layer="scores", kernel=np.array([[0.0, -1.0]], np.float32), bias=np.zeros(2, np.float32),
        reader=None,
    )  # fmt: skip
    allowed = limits(()), replace(limits(()), lowest_accuracy=0.0)
    assert [each.affordable(READOUT, anew, (0, 1)) for each in allowed] == [(0,), (0, 1)]
    assert "classes 4, 6 were left" in target_relearning._spared((4, 6))[0]
    assert target_relearning._spared(()) == ()


def test_a_suspected_class_is_turned_down_as_far_as_the_budget_allows():
    assert limits({1}).reductions(READOUT, [1]) == {1: 8.0}
    assert limits({1}).lost(limits({1}).turned_down(READOUT, {1: 8.0}), [0, 1]) == (1,)


def test_a_class_that_is_only_ranked_keeps_its_clean_images():
    assert limits(()).reductions(READOUT, [1]) == {1: 0.5}
