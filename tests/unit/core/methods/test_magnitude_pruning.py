import dataclasses

import numpy as np
import pytest
import tf_keras as keras

from core import catalogue, errors, methods, pruning
from core.methods import magnitude_pruning
from tests import tiny


def repair(tiny_case, validation, **params):
    return methods.METHODS["magnitude-pruning"](
        tiny_case.model, validation, params=catalogue.MagnitudePruning(**params),
        max_accuracy_drop=0.04, execution=methods.Execution(seed=0, on_event=lambda event: None),
    )  # fmt: skip


@pytest.mark.parametrize("schedule", ["constant", "polynomial"])
@pytest.mark.parametrize("sparsity", [0.5, 0.8])
def test_every_kernel_is_as_sparse_as_asked(tiny_case, validation, schedule, sparsity):
    done = repair(tiny_case, validation, sparsity=sparsity, sparsity_schedule=schedule)
    measured = magnitude_pruning.sparsities(done.model)
    assert set(measured) == {"conv_1", "conv_2", "conv_3", "fc_1", "fc_2", "output"}
    assert list(measured.values()) == pytest.approx([sparsity] * 6, abs=0.01)


def test_a_single_epoch_of_few_steps_prunes_too(tiny_case, validation):
    # Fewer steps than the library's update frequency of 100: with its default nothing is pruned.
    done = repair(tiny_case, validation, epochs=1, batch_size=64)
    assert min(magnitude_pruning.sparsities(done.model).values()) > 0.79


def test_a_single_step_prunes_too(tiny_case, validation):
    done = repair(tiny_case, validation, epochs=1, batch_size=4096)
    assert min(magnitude_pruning.sparsities(done.model).values()) > 0.79


def test_the_result_is_a_plain_model_without_wrappers(tiny_case, validation):
    done = repair(tiny_case, validation, epochs=1)
    kinds = {type(layer).__name__ for layer in done.model.layers}
    assert kinds == {type(layer).__name__ for layer in tiny_case.model.layers}


def test_the_curve_starts_before_the_first_step(tiny_case, validation):
    done = repair(tiny_case, validation, epochs=2)
    assert [(point.epoch, point.loss is None) for point in done.training_curve] == [
        (0, True), (1, False), (2, False),
    ]  # fmt: skip


def test_a_model_that_came_out_dense_is_never_reported_as_pruned(tiny_case):
    with pytest.raises(errors.RepairFailed, match=r"sparsity 0\.000, not 0\.8"):
        magnitude_pruning._check_sparsity(tiny_case.model, 0.8)


def test_a_cost_over_the_budget_is_a_warning(tiny_case, validation):
    done = repair(tiny_case, validation, sparsity=0.99, epochs=1)
    drop = done.selection.select_accuracy_before - done.selection.select_accuracy_after
    assert drop > 0.04 and "more than its budget" in done.warnings[0]
    assert np.isfinite(drop)


def test_layers_that_the_library_does_not_know_are_no_hindrance(validation):
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input(tiny.SHAPE), layers.Rescaling(0.5), layers.SeparableConv2D(6, 3),
         layers.DepthwiseConv2D(3), layers.Flatten(), layers.Dense(4, activation="softmax")]
    )  # fmt: skip
    done = repair(tiny.Tiny(model=model, validation=None, tests=None), validation, epochs=1)
    assert list(magnitude_pruning.sparsities(done.model).values()) == pytest.approx(
        [0.8, 0.8], abs=0.1
    )


def test_dead_channels_may_make_a_kernel_sparser_than_asked(tiny_case, validation):
    dead = pruning.silence_channels(
        tiny_case.model, [pruning.Channel("conv_3", index) for index in range(9)]
    )
    case = dataclasses.replace(tiny_case, model=dead)
    done = repair(case, validation, epochs=1, sparsity=0.2)
    measured = magnitude_pruning.sparsities(done.model)
    assert measured["conv_3"] == 0.75
    assert measured["fc_1"] == pytest.approx(0.2, abs=0.01)


def test_the_curve_tells_the_learning_rate_that_each_epoch_ended_with(tiny_case, validation):
    done = repair(tiny_case, validation, epochs=2, schedule="cosine", learning_rate=1e-3)
    rates = [point.learning_rate for point in done.training_curve]
    assert rates[0] is None and rates[1] > 5e-4 > 5e-5 > rates[2]
