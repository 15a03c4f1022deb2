import base64
import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from core.report import pictures


def _decoded(uri):
    return Image.open(io.BytesIO(base64.b64decode(uri.removeprefix("data:image/png;base64,"))))


def _opened(png):
    return Image.open(io.BytesIO(png))


def test_pictures_are_grouped_by_set_in_the_order_given(sample):
    other = dataclasses.replace(sample, set_name="blended")
    sets = pictures.by_set([sample, other, sample])
    assert [(one.name, len(one.samples)) for one in sets] == [("corner", 2), ("blended", 1)]


def test_no_more_than_eight_pictures_of_a_set_are_shown(sample):
    (one,) = pictures.by_set([sample] * 20)
    assert len(one.samples) == 8


def test_the_answer_of_a_flagged_picture_is_backdoored(sample):
    assert pictures.answers(sample, flagged_class=10) == (
        "true class 3", "0 → 3", "good net 10: backdoored",
    )  # fmt: skip


def test_a_picture_of_unknown_class_says_so(sample):
    unknown = dataclasses.replace(sample, label=None, goodnet=3)
    truth, _, flag = pictures.answers(unknown, flagged_class=10)
    assert (truth, flag) == ("true class unknown", "good net 3")


def test_a_small_picture_is_embedded_pixel_for_pixel(sample):
    assert np.array_equal(np.asarray(_decoded(pictures.data_uri(sample))), sample.image)


def test_a_large_picture_is_embedded_no_larger_than_it_is_shown(sample):
    large = dataclasses.replace(sample, image=np.zeros((2000, 1000, 3), np.uint8))
    assert max(_decoded(pictures.data_uri(large)).size) <= 400


@pytest.mark.parametrize("channels", [1, 2, 4, 5])
def test_a_picture_of_other_channels_is_shown_in_grey(sample, channels):
    odd = dataclasses.replace(sample, image=np.full((5, 4, channels), 9, np.uint8))
    assert np.array_equal(np.asarray(_decoded(pictures.data_uri(odd))), np.full((5, 4, 3), 9))


def test_the_sheet_enlarges_pictures_without_mixing_pixels(sample):
    two = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)
    sets = pictures.by_set([dataclasses.replace(sample, image=two)])
    colours = {
        colour for _, colour in _opened(pictures.sheet(sets, flagged_class=10)).getcolors(10**6)
    }
    assert {(255, 0, 0), (0, 0, 255)} <= colours
    assert (127, 0, 127) not in colours


def test_the_sheet_of_the_same_pictures_is_the_same_file(sample):
    sets = pictures.by_set([sample] * 3)
    assert pictures.sheet(sets, flagged_class=10) == pictures.sheet(sets, flagged_class=10)


def test_a_tall_thin_picture_fits_its_place(sample):
    thin = dataclasses.replace(sample, image=np.zeros((3000, 1, 3), np.uint8))
    assert _opened(pictures.sheet(pictures.by_set([thin]), flagged_class=10)).width < 1000
