import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from core import errors, inversion
from core.inversion import searching
from tests import tiny
from tests.unit.core.inversion.conftest import LABELS

SHORT = dataclasses.replace(inversion.PATCH, steps=30)


def invert(tiny_case, scaled, labels=LABELS, settings=SHORT, **options):
    return inversion.invert(tiny_case.model, scaled, labels=labels, settings=settings, **options)


def test_the_true_target_has_the_smallest_patch(patches):
    assert int(np.argmin(patches.sizes)) == tiny.TARGET


def test_its_patch_lies_where_the_trigger_does(patches):
    in_corner = patches.masks[:, -3:, -3:].sum(axis=(1, 2, 3)) / patches.sizes
    assert int(np.argmax(in_corner)) == tiny.TARGET and in_corner[tiny.TARGET] > 0.8


def test_the_true_target_is_reached_most_by_what_is_added(small_trigger, additives):
    held_out = tiny.labelled(200, 9)
    images = tiny.SCALED.apply(held_out.at(range(200)))
    found = inversion.success(small_trigger, additives, images, held_out.labels)
    assert int(np.argmax(found.excess)) == tiny.TARGET


def test_what_is_added_stays_within_its_radius(additives):
    assert (additives.sizes <= inversion.ADDITIVE.radius + 1e-4).all()


def test_the_same_seed_gives_the_same_triggers(tiny_case, scaled):
    first, second = (invert(tiny_case, scaled, seed=5) for _ in range(2))
    assert (first.masks == second.masks).all() and (first.patterns == second.patterns).all()


def test_another_seed_gives_others(tiny_case, scaled):
    first, second = (invert(tiny_case, scaled, seed=seed) for seed in (5, 6))
    assert not np.allclose(first.patterns, second.patterns)


def test_a_trigger_does_not_depend_on_what_else_is_asked_for(tiny_case, scaled):
    alone, among = invert(tiny_case, scaled, labels=[2]), invert(tiny_case, scaled)
    assert np.allclose(alone.masks, among.masks[2:3], atol=1e-3)


def test_classes_that_do_not_fit_together_take_turns(tiny_case, scaled, monkeypatch):
    together = invert(tiny_case, scaled)
    monkeypatch.setattr("core.inversion.searching._MAX_BATCH_NUMBERS", 1)
    in_turn = invert(tiny_case, scaled)
    assert in_turn.labels.tolist() == list(LABELS)
    assert np.allclose(together.masks, in_turn.masks, atol=1e-3)


def test_classes_that_the_gpu_has_no_memory_for_take_turns(tiny_case, scaled, monkeypatch):
    together = invert(tiny_case, scaled)
    tried = []

    class Small(searching.Descent):
        def start(self, variables, n_triggers):
            tried.append(n_triggers)
            if n_triggers > 1:
                raise tf.errors.ResourceExhaustedError(None, None, "OOM on device:GPU:0")
            return super().start(variables, n_triggers)

    monkeypatch.setattr(searching, "Descent", Small)
    told = []
    in_turn = invert(tiny_case, scaled, on_step=lambda done, total: told.append((done, total)))
    assert tried[-len(LABELS) :] == [1] * len(LABELS) and tried[0] == len(LABELS)
    assert np.allclose(together.masks, in_turn.masks, atol=1e-3)
    assert told == sorted(told) and told[-1] == (30 * len(LABELS),) * 2


def test_the_model_stays_as_it_is(tiny_case, scaled):
    before = tiny_case.model.get_weights()
    invert(tiny_case, scaled)
    for first, second in zip(before, tiny_case.model.get_weights(), strict=True):
        assert (first == second).all()


def test_pixels_may_go_up_to_255(tiny_case, scaled):
    wide = inversion.PixelRange(low=scaled.pixels.low, high=scaled.pixels.high)
    assert (wide.low == -1).all() and (wide.high == 1).all()
    assert np.allclose(wide.from_units(wide.to_units(scaled.images)), scaled.images, atol=1e-6)


def test_progress_is_told(tiny_case, scaled):
    told = []
    invert(tiny_case, scaled, on_step=lambda done, total: told.append((done, total)))
    total = 30 * len(LABELS)
    assert told == [(total // 3, total), (2 * total // 3, total), (total, total)]


def test_it_can_be_canceled(tiny_case, scaled):
    def cancel(done, total):
        raise errors.Canceled("stop")

    with pytest.raises(errors.Canceled):
        invert(tiny_case, scaled, on_step=cancel)
