import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core import augmentation, catalogue

IMAGES = np.random.default_rng(0).random((16, 6, 5, 3), np.float32)


def augmented(seed=0, **changes):
    params = catalogue.FineTuning(**{"flip": False, "shift": 0, "noise": 0.0, **changes})
    return augmentation.augment(IMAGES, np.random.default_rng(seed), params=params)


def test_nothing_asked_nothing_changed():
    assert np.array_equal(augmented(), IMAGES)


def test_flipping_mirrors_some_images_and_leaves_the_others():
    flipped = augmented(flip=True)
    mirrored = (flipped == IMAGES[:, :, ::-1]).all(axis=(1, 2, 3))
    same = (flipped == IMAGES).all(axis=(1, 2, 3))
    assert (mirrored ^ same).all()
    assert mirrored.any() and same.any()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 4))
def test_a_shifted_image_is_made_of_its_own_pixels(seed, pixels):
    shifted = augmented(seed, shift=pixels)
    assert shifted.shape == IMAGES.shape
    for before, after in zip(IMAGES, shifted, strict=True):
        assert np.isin(after, before).all()


def test_noise_stays_in_the_range_of_the_images():
    noisy = augmented(noise=0.5)
    assert noisy.min() >= IMAGES.min() and noisy.max() <= IMAGES.max()
    assert noisy.dtype == np.float32


def test_the_same_seed_gives_the_same_images():
    options = {"flip": True, "shift": 2, "noise": 0.1}
    assert np.array_equal(augmented(3, **options), augmented(3, **options))
    assert not np.array_equal(augmented(3, **options), augmented(4, **options))


def test_the_images_handed_in_stay_as_they_are():
    before = IMAGES.copy()
    augmented(flip=True, shift=2, noise=0.1)
    assert np.array_equal(IMAGES, before)


def test_another_light_keeps_range_and_shape():
    images = np.random.default_rng(0).uniform(0, 255, (30, 8, 8, 3)).astype(np.float32)
    changed = augmentation.relit(images, np.random.default_rng(1))
    assert changed.shape == images.shape and changed.dtype == np.float32
    assert images.min() <= changed.min() and changed.max() <= images.max()
    assert (np.abs(changed - images).mean(axis=(1, 2, 3)) > 0).all()
