"""Whether models and image sets belong together, and what is told if they do not."""

import numpy as np
import pytest

from core import compatibility, data, errors, models
from core.metrics import TestSets
from tests import tiny


@pytest.fixture(scope="module")
def model_file():
    return models.describe(tiny.untrained(), name="tiny")


def test_a_wrong_shape_says_which_input_it_is(model_file):
    images = data.from_arrays(np.zeros((2, 5, 5, 3)), [0, 1], name="small")
    with pytest.raises(errors.WrongImageShape) as caught:
        compatibility.check_tests(model_file, TestSets(clean=images))
    assert caught.value.details["role"] == "clean test"


def test_a_wrong_label_says_which_input_it_is(model_file):
    images = data.from_arrays(np.zeros((2, *tiny.SHAPE)), [0, 9])
    with pytest.raises(errors.LabelOutOfRange) as caught:
        compatibility.check_images(model_file, images, role="clean validation")
    assert caught.value.details["role"] == "clean validation"


def test_a_poisoned_set_is_named(model_file):
    images = data.from_arrays(np.zeros((2, *tiny.SHAPE)), [9, 9], name="corner.h5")
    with pytest.raises(errors.LabelOutOfRange) as caught:
        compatibility.check_tests(
            model_file, TestSets(clean=None, poisoned=(data.as_poisoned(images),))
        )
    assert caught.value.details["role"] == "poisoned test corner"


def test_one_image_cannot_be_split():
    with pytest.raises(errors.InvalidDataset, match="one image"):
        compatibility.check_can_be_split(tiny.labelled(1, 0))


def test_images_that_are_in_both_sets_are_told():
    images = tiny.labelled(9, 1)
    tests = TestSets(clean=images.only([1, 2, 5]), poisoned=(tiny.poisoned(2, 2),))
    (warning,) = compatibility.warnings(images.only([0, 1, 2]), tests)
    assert warning.startswith("data-overlap: 2 of 3 ")
    assert compatibility.warnings(tiny.labelled(9, 7), tests) == ()


def test_that_nobody_measures_an_attack_is_told():
    (warning,) = compatibility.warnings(tiny.labelled(2, 1), TestSets(clean=None))
    assert warning.startswith("no-poisoned-data: ")


def test_unlabelled_images_are_checked_by_their_shape_alone(model_file):
    beyond = data.from_arrays(np.zeros((2, *tiny.SHAPE)), [99, 99])
    compatibility.check_unlabelled(model_file, beyond)
    compatibility.check_unlabelled(model_file, None)
    with pytest.raises(errors.WrongImageShape) as caught:
        compatibility.check_unlabelled(model_file, data.from_arrays(np.zeros((2, 5, 5, 3)), [0, 1]))
    assert caught.value.details["role"] == "unlabelled"


def test_test_images_among_the_unlabelled_ones_are_told():
    images = tiny.labelled(9, 1)
    tests = TestSets(clean=images.only([1, 2, 5]), poisoned=(tiny.poisoned(2, 2),))
    (warning,) = compatibility.warnings(tiny.labelled(9, 7), tests, unlabelled=images)
    assert warning.startswith("data-overlap: 3 of 3 clean test images are among the unlabelled")
