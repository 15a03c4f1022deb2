import numpy as np
import pytest

from core import corruptions

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 1, (60, 16, 12, 3)).astype(np.float32)
OTHERS = RNG.uniform(0, 1, (20, 16, 12, 3)).astype(np.float32)


def corrupted(family, seed=0):
    rng = np.random.default_rng(seed)
    return corruptions.corrupted(IMAGES, OTHERS, rng, family=family)


def test_none_changes_nothing():
    assert np.array_equal(corrupted("none"), IMAGES)


@pytest.mark.parametrize("family", ["images", "with-checkerboards"])
def test_some_images_change_and_some_do_not(family):
    changed = (corrupted(family) != IMAGES).any(axis=(1, 2, 3))
    assert 20 < changed.sum() < 58


@pytest.mark.parametrize("family", ["images", "with-checkerboards"])
def test_what_comes_out_has_the_range_and_type_of_the_images(family):
    changed = corrupted(family)
    assert changed.dtype == np.float32 and changed.shape == IMAGES.shape
    assert changed.min() >= 0 and changed.max() <= 1


def test_the_images_handed_in_stay_as_they_are():
    before = IMAGES.copy()
    corrupted("with-checkerboards")
    assert np.array_equal(before, IMAGES)


def test_the_same_seed_gives_the_same_pieces():
    assert np.array_equal(corrupted("images", 3), corrupted("images", 3))
    assert not np.array_equal(corrupted("images", 3), corrupted("images", 4))


def test_pieces_of_images_bring_in_no_pixel_that_no_image_has():
    black, white = np.zeros_like(IMAGES), np.ones((5, 16, 12, 3), np.float32)
    changed = corruptions.corrupted(black, white, np.random.default_rng(0), family="images")
    patched = changed[changed > corruptions._HEAVIEST]
    assert patched.size and (patched == 1).all()
