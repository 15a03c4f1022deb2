import numpy as np

from core import data, gallery
from core.metrics import Predictions, TestSets
from tests import tiny


def predictions(tests, value):
    return Predictions(
        clean=np.full(len(tests.clean), value),
        poisoned=tuple(np.full(len(item.images), value) for item in tests.poisoned),
    )


def test_each_set_shows_up_to_eight_pictures_spread_over_it():
    tests = TestSets(clean=tiny.labelled(30, 0, "test"), poisoned=(tiny.poisoned(6, 1),))
    shown = gallery.samples(tests, *(predictions(tests, value) for value in (0, 1, 4)))
    assert [sample.set_name for sample in shown].count("clean test") == 8
    assert [sample.set_name for sample in shown].count("corner") == len(tests.poisoned[0].images)
    assert (shown[0].before, shown[0].after, shown[0].goodnet) == (0, 1, 4)


def test_a_clean_picture_shows_its_class_and_a_poisoned_one_its_true_class():
    tests = TestSets(clean=tiny.labelled(8, 0), poisoned=(tiny.poisoned(8, 1),))
    shown = gallery.samples(tests, *(predictions(tests, 0) for _ in range(3)))
    assert [sample.label for sample in shown[:8]] == tests.clean.labels.tolist()
    assert shown[8].label == tests.poisoned[0].true_labels[0]


def test_pictures_of_fractions_are_stretched_to_bytes():
    images = data.from_arrays(
        np.linspace(0, 1, 12, dtype=np.float32).reshape(1, 2, 2, 3), np.zeros(1, int), name="t"
    )
    tests = TestSets(clean=images)
    (shown,) = gallery.samples(tests, *(predictions(tests, 0) for _ in range(3)))
    assert shown.image.dtype == np.uint8
    assert (shown.image.min(), shown.image.max()) == (0, 255)
