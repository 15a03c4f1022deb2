"""The split of clean validation images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import data, errors

LABELS = st.lists(st.integers(0, 5), min_size=1, max_size=80).map(np.array)
SHARES = st.floats(0.01, 0.99)
SEEDS = st.integers(0, 2**32)


@given(LABELS, SHARES, SEEDS)
def test_every_image_is_in_exactly_one_part(labels, share, seed):
    parts = data.split(labels, select_share=share, seed=seed)
    together = np.concatenate([parts.tune, parts.select])
    assert sorted(together.tolist()) == list(range(len(labels)))


@given(LABELS, SHARES, SEEDS)
def test_a_class_of_three_is_in_both_parts(labels, share, seed):
    parts = data.split(labels, select_share=share, seed=seed)
    classes, counts = np.unique(labels, return_counts=True)
    large = set(classes[counts >= 3].tolist())
    assert large <= set(labels[parts.tune].tolist())
    assert large <= set(labels[parts.select].tolist())


@given(LABELS, SHARES, SEEDS)
def test_there_is_always_something_to_tune_on(labels, share, seed):
    assert len(data.split(labels, select_share=share, seed=seed).tune) > 0


@given(LABELS, SEEDS)
def test_the_same_seed_splits_the_same_way(labels, seed):
    first, second = data.split(labels, seed=seed), data.split(labels, seed=seed)
    assert first.tune.tolist() == second.tune.tolist()
    assert first.select.tolist() == second.select.tolist()


def test_another_seed_splits_another_way():
    labels = np.zeros(100, int)
    first, second = data.split(labels, seed=0), data.split(labels, seed=1)
    assert first.select.tolist() != second.select.tolist()


def test_each_class_gives_its_share():
    labels = np.repeat([0, 1, 2], [10, 20, 50])
    parts = data.split(labels, seed=0)
    assert np.bincount(labels[parts.select]).tolist() == [2, 4, 10]


def test_classes_of_one_image_are_split_as_if_they_were_one_class():
    parts = data.split(np.arange(10), seed=0)
    assert (len(parts.tune), len(parts.select)) == (8, 2)


@pytest.mark.parametrize("share", [0, 1, -0.1, np.nan])
def test_a_share_of_all_or_nothing_is_refused(share):
    with pytest.raises(errors.InvalidParams, match="select_share"):
        data.split(np.zeros(9, int), select_share=share, seed=0)
