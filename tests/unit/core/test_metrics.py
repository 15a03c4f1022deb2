import numpy as np
import pytest
import tf_keras as keras

from core import data, metrics
from tests import tiny

CLEAN = data.from_arrays(
    np.zeros((10, 2, 2, 1), np.uint8), np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2]), name="clean"
)


def poisoned(true_labels):
    n = len(true_labels)
    images = data.from_arrays(
        np.zeros((n, 2, 2, 1), np.uint8), np.zeros(n, int), name="bad",
        true_labels=np.array(true_labels),
    )  # fmt: skip
    return data.as_poisoned(images)


def constant_model(answer, n_classes=3):
    model = keras.Sequential([keras.layers.Input((2, 2, 1)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(n_classes, activation="softmax"))
    model.layers[-1].set_weights([np.zeros((4, n_classes)), np.eye(n_classes)[answer]])
    return model


def evaluate(model, tests):
    return metrics.evaluate(metrics.predict(model, tests, tiny.SCALED), tests)


@pytest.mark.parametrize(("answer", "share"), [(0, 0.3), (1, 0.4), (2, 0.3)])
def test_a_model_that_always_says_k_has_the_accuracy_of_the_share_of_k(answer, share):
    evaluation = evaluate(constant_model(answer), metrics.TestSets(clean=CLEAN))
    assert evaluation.clean_accuracy.value == pytest.approx(share)
    assert evaluation.clean_accuracy.n == 10


def test_a_model_that_always_says_the_target_has_full_attack_success_and_a_full_floor():
    tests = metrics.TestSets(clean=CLEAN, poisoned=(poisoned([1, 2, 1]),))
    (attack,) = evaluate(constant_model(0), tests).attacks
    assert attack.attack_success_rate.value == 1.0
    assert attack.floor.value == 1.0
    assert attack.floor.n == 7  # the clean images of the other classes
    assert attack.robust_accuracy.value == 0.0


def test_the_excess_is_attack_success_above_the_floor():
    tests = metrics.TestSets(clean=CLEAN, poisoned=(poisoned([1, 2, 1]),))
    (attack,) = evaluate(constant_model(0), tests).attacks
    assert (attack.excess.value, attack.excess.n) == (0.0, 3)
    assert attack.excess.ci95[0] < 0 < attack.excess.ci95[1]


def test_a_model_that_never_says_the_target_has_neither():
    tests = metrics.TestSets(clean=CLEAN, poisoned=(poisoned([1, 2, 1]),))
    (attack,) = evaluate(constant_model(1), tests).attacks
    assert attack.attack_success_rate.value == 0.0
    assert attack.floor.value == 0.0
    assert attack.robust_accuracy.value == pytest.approx(2 / 3)


def test_images_truly_of_the_target_are_left_out_of_attack_success():
    tests = metrics.TestSets(clean=CLEAN, poisoned=(poisoned([0, 0, 2]),))
    (attack,) = evaluate(constant_model(0), tests).attacks
    assert attack.attack_success_rate.n == 1


def test_without_clean_images_accuracy_and_floor_are_not_measured():
    tests = metrics.TestSets(clean=None, poisoned=(poisoned([1, 2]),))
    evaluation = evaluate(constant_model(0), tests)
    assert evaluation.clean_accuracy is None
    assert evaluation.attacks[0].floor is None and evaluation.attacks[0].excess is None


def test_without_true_labels_robust_accuracy_is_not_measured():
    images = data.from_arrays(np.zeros((3, 2, 2, 1), np.uint8), np.zeros(3, int), name="bad")
    tests = metrics.TestSets(clean=None, poisoned=(data.as_poisoned(images),))
    assert evaluate(constant_model(0), tests).attacks[0].robust_accuracy is None


def test_per_class_accuracy_has_each_class_of_the_images():
    per_class = evaluate(constant_model(1), metrics.TestSets(clean=CLEAN)).per_class
    assert {label: (rate.value, rate.n) for label, rate in per_class.items()} == {
        "0": (0.0, 3), "1": (1.0, 4), "2": (0.0, 3),
    }  # fmt: skip


def test_predictions_are_those_of_keras_itself(tiny_case):
    tests = tiny_case.tests
    predictions = metrics.predict(tiny_case.model, tests, tiny.SCALED)
    images = tests.clean.at(np.arange(len(tests.clean)))
    expected = tiny_case.model.predict(tiny.SCALED.apply(images), verbose=0).argmax(axis=1)
    assert np.array_equal(predictions.clean, expected)


def test_each_image_is_seen_once(tiny_case):
    seen = []
    metrics.predict(tiny_case.model, tiny_case.tests, tiny.SCALED, on_batch=seen.append)
    assert sum(seen) == tiny_case.tests.n_images


def test_the_tiny_model_is_good_and_bad(tiny_case):
    evaluation = evaluate(tiny_case.model, tiny_case.tests)
    assert evaluation.clean_accuracy.value > 0.9
    assert evaluation.attacks[0].attack_success_rate.value > 0.9


def test_probabilities_of_a_model_of_logits_are_made_here():
    model = tiny.untrained(logits=True)
    (batch,) = metrics.probability_batches(model, tiny.labelled(20, 0), tiny.SCALED)
    assert batch.sum(axis=1) == pytest.approx(np.ones(20), abs=1e-5)
