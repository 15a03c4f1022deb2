"""Sheets of small pictures, and what is counted in a data set."""

import json

import numpy as np
import pytest
from PIL import Image

from core import data, sheets
from core.overview import DatasetStats


def labelled(labels, *, shape=(5, 4, 3), images=None):
    pixels = np.arange(len(labels) * int(np.prod(shape))).reshape(len(labels), *shape) % 251
    return data.from_arrays(pixels if images is None else images, labels, layout="NHWC")


def written(images, tmp_path, value_range=(0.0, 250.0)):
    sheets.write(images, tmp_path / "overview", value_range=value_range)
    text = (tmp_path / "overview" / "stats.json").read_text()
    return DatasetStats.from_json(json.loads(text))


def test_classes_are_counted(tmp_path):
    assert written(labelled([0, 2, 2]), tmp_path).class_counts == {"0": 1, "2": 2}


def test_an_image_that_occurs_twice_is_counted(tmp_path):
    images = np.zeros((3, 5, 4, 3))
    images[1] += 1
    assert written(labelled([0, 1, 2], images=images), tmp_path).n_duplicates == 1


def test_every_class_is_shown_where_there_is_room(tmp_path):
    shown = written(labelled([0] * 50 + [1, 2]), tmp_path).shown
    assert [item.label for item in shown].count(0) == 14
    assert {item.label for item in shown} == {0, 1, 2}


def test_of_many_classes_sixteen_are_shown(tmp_path):
    shown = written(labelled(list(range(40))), tmp_path).shown
    assert len({item.label for item in shown}) == 16


def test_the_same_set_shows_the_same_pictures(tmp_path):
    first = written(labelled(list(range(40))), tmp_path)
    (tmp_path / "again").mkdir()
    assert written(labelled(list(range(40))), tmp_path / "again") == first


@pytest.mark.parametrize(("size", "side"), [(1, 104), (4, 204), (9, 304), (16, 404)])
def test_sheets_are_squares_of_squares(tmp_path, size, side):
    written(labelled(list(range(20))), tmp_path)
    with Image.open(tmp_path / "overview" / f"preview-{size}.png") as sheet:
        assert sheet.size == (side, side)


def test_a_picture_is_shown_as_the_pixels_that_it_is(tmp_path):
    red = np.zeros((1, 2, 2, 3))
    red[..., 0] = 255
    written(labelled([0], images=red), tmp_path)
    with Image.open(tmp_path / "overview" / "preview-1.png") as sheet:
        assert sheet.getpixel((50, 50)) == (255, 0, 0)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_any_number_of_channels_can_be_shown(tmp_path, channels):
    images = np.full((2, 3, 3, channels), 0.5)
    written(labelled([0, 1], images=images), tmp_path, value_range=(0.0, 1.0))
    with Image.open(tmp_path / "overview" / "preview-1.png") as sheet:
        assert sheet.getpixel((50, 50)) == (128, 128, 128)
