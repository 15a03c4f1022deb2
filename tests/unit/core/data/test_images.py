"""Sets of images are read lazily, and parts of them are sets too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import data
from tests.unit.core.data import files

IMAGES = data.from_arrays(files.faces(), np.arange(6), true_labels=np.arange(6)[::-1])
INDICES = st.lists(st.integers(0, 5), max_size=9)


@given(INDICES)
def test_at_gives_images_in_any_order_and_twice(indices):
    assert (IMAGES.at(indices) == files.faces()[np.array(indices, int)]).all()


@given(INDICES)
def test_without_a_cache_at_gives_the_same(indices):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.data.images.CACHE_BYTES", 0)
        assert (IMAGES.at(indices) == files.faces()[np.array(indices, int)]).all()


@given(INDICES, st.integers(1, 7))
def test_a_part_has_its_images_and_labels_in_order(indices, size):
    part = IMAGES.only(indices)
    assert part.labels.tolist() == indices
    assert part.true_labels.tolist() == [5 - index for index in indices]
    assert [len(chunk) <= size for chunk in part.chunks(size)].count(False) == 0
    assert [image.tolist() for chunk in part.chunks(size) for image in chunk] == [
        files.faces()[index].tolist() for index in indices
    ]


def test_a_part_of_a_part_counts_from_the_part():
    part = IMAGES.only([5, 3, 1]).only([2, 0])
    assert part.labels.tolist() == [1, 5]
    assert (part.at([0, 1]) == files.faces()[[1, 5]]).all()


def test_parts_share_one_cache(tmp_path):
    path = files.h5(tmp_path / "a.h5", files.faces(), np.arange(6))
    images = data.open_images(path)
    images.only([1, 2]).at([0])
    images.source.read = None  # a second read would fail
    assert (images.only([3]).at([0]) == files.faces()[[3]]).all()


def test_nothing_can_be_assigned():
    with pytest.raises(AttributeError):
        IMAGES.labels = np.zeros(6)


def test_without_labels_nobody_can_read_any():
    images = data.from_arrays(np.zeros((2, 3, 3, 1)), [4, 5]).without_labels()
    assert images.labels.tolist() == [-1, -1]
    assert images.shape == (2, 3, 3, 1)
