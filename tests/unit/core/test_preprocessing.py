"""Stored pixels become what models take."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core import errors, preprocessing

PIXELS = arrays.arrays(np.uint8, st.tuples(*[st.integers(1, 4)] * 3, st.just(3)))


@given(PIXELS)
def test_dividing_by_255_is_the_plain_float32_division(images):
    applied = preprocessing.named("/255").apply(images)
    expected = images.astype("float32") / 255
    assert applied.dtype == np.float32
    assert applied.tobytes() == expected.tobytes()


@given(PIXELS)
def test_none_keeps_every_value(images):
    applied = preprocessing.named("none").apply(images)
    assert applied.dtype == np.float32
    assert (applied == images).all()


def test_minus_one_to_one_maps_the_ends_of_the_range():
    ends = np.array([[[[0, 255, 0]]]], np.uint8)
    applied = preprocessing.named("[-1,1]").apply(ends)
    assert applied.tolist() == [[[[-1.0, 1.0, -1.0]]]]


def test_caffe_puts_blue_first_and_subtracts_its_mean():
    red = np.array([[[[255, 0, 0]]]], np.uint8)
    applied = preprocessing.named("imagenet-caffe").apply(red)
    assert applied[0, 0, 0] == pytest.approx([-103.939, -116.779, 255 - 123.68], abs=1e-4)


def test_torch_gives_the_mean_colour_zero():
    mean = np.array([[[[123.675, 116.28, 103.53]]]])
    applied = preprocessing.named("imagenet-torch").apply(mean)
    assert applied[0, 0, 0] == pytest.approx([0, 0, 0], abs=1e-6)


@pytest.mark.parametrize("name", preprocessing.PREPROCESSINGS)
def test_images_handed_in_stay_as_they_are(name):
    images = np.full((2, 4, 4, 3), 7.0, np.float32)
    preprocessing.named(name).apply(images)
    assert (images == 7).all()


@pytest.mark.parametrize("name", ["none", "/255", "[-1,1]"])
def test_one_scale_for_all_fits_any_number_of_channels(name):
    assert preprocessing.named(name).fits((5, 4, 4, 1))
    assert preprocessing.named(name).apply(np.zeros((5, 4, 4, 1))).shape == (5, 4, 4, 1)


@pytest.mark.parametrize("name", ["imagenet-caffe", "imagenet-torch"])
def test_three_means_do_not_fit_gray_images(name):
    assert not preprocessing.named(name).fits((5, 4, 4, 1))
    with pytest.raises(errors.WrongImageShape, match="3 channels"):
        preprocessing.named(name).apply(np.zeros((5, 4, 4, 1)))


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(errors.InvalidParams, match="imagenet-torch"):
        preprocessing.named("/256")
