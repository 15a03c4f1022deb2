import dataclasses

import numpy as np
import pytest

from core import data, errors, finetuning, metrics, models, reactivation
from tests import tiny


@pytest.fixture(scope="module")
def validation(tiny_case):
    images = tiny_case.validation
    split = data.split(images.labels, seed=0)
    return finetuning.Validation(
        tune=images.only(split.tune), select=images.only(split.select), preprocessing=tiny.SCALED
    )


def tried(case, validation, *, poisoned=None, seed=0, on_event=lambda event: None, model=None):
    poisoned = poisoned or case.tests.poisoned[0]
    model = model or case.model
    tests = metrics.TestSets(clean=None, poisoned=(poisoned,))
    (labels,) = metrics.predict(model, tests, tiny.SCALED).poisoned
    execution = finetuning.Execution(seed=seed, on_event=on_event)
    return reactivation.reactivate(model, validation, poisoned, labels, execution=execution)


def test_it_is_measured_on_the_images_that_were_not_learnt(tiny_case, validation):
    poisoned = tiny_case.tests.poisoned[0]
    n_attackable = int(metrics.attackable(poisoned).sum())
    weights = tiny_case.model.get_weights()
    found = tried(tiny_case, validation)
    assert (found.n_poisoned, found.n_clean) == (5, len(validation.tune))
    assert found.before.n == found.after.n == n_attackable - 5
    assert found.after.value > 0.9 and found.select_accuracy > 0.9
    for before, after in zip(weights, tiny_case.model.get_weights(), strict=True):
        assert np.array_equal(before, after)


def test_the_same_seed_gives_the_same_and_each_epoch_is_told(tiny_case, validation):
    events = []
    first = tried(tiny_case, validation, on_event=events.append)
    assert tried(tiny_case, validation) == first
    assert {event.stage for event in events} == {"reactivate"}
    assert [event.current for event in events if event.current is not None] == list(range(6))


def test_a_listener_that_raises_stops_it(tiny_case, validation):
    def stop(event):
        raise errors.Canceled

    with pytest.raises(errors.Canceled):
        tried(tiny_case, validation, on_event=stop)


def test_five_images_leave_none_to_measure_on(tiny_case, validation):
    poisoned = tiny_case.tests.poisoned[0]
    five = np.flatnonzero(metrics.attackable(poisoned))[:5]
    few = dataclasses.replace(
        poisoned,
        images=poisoned.images.only(five),
        targets=poisoned.targets[five],
        true_labels=poisoned.true_labels[five],
    )
    assert tried(tiny_case, validation, poisoned=few) is None


def test_a_training_that_comes_to_nothing_is_told_as_not_measured(tiny_case, validation):
    huge = models.copy(tiny_case.model)
    huge.set_weights([weights * 1e30 for weights in huge.get_weights()])
    found = tried(tiny_case, validation, model=huge)
    assert found.before is not None
    assert found.after is None and found.select_accuracy is None
