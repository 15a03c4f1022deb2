import numpy as np
import pytest

from core import inversion
from core.methods import stamping

IMAGES = np.random.default_rng(0).uniform(0, 1, (40, 8, 8, 3)).astype(np.float32)
PIXELS = inversion.PixelRange(low=np.zeros(3, np.float32), high=np.ones(3, np.float32))


def patches(*labels):
    masks = np.zeros((len(labels), 8, 8, 1), np.float32)
    masks[:, 3:5, 3:5] = 1
    return inversion.Triggers(
        kind="patch", labels=np.array(labels), masks=masks,
        patterns=np.full((len(labels), 8, 8, 3), 2.0, np.float32), pixels=PIXELS,
    )  # fmt: skip


def changed(bank, share, *, seed=0):
    after = stamping.stamped(IMAGES, bank, share=share, rng=np.random.default_rng(seed))
    return (after != IMAGES).any(axis=(1, 2, 3))


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (1.0, 40)])
def test_such_a_share_of_the_images_carries_a_trigger(share, expected):
    assert changed([patches(0, 1)], share).sum() == expected


def test_half_of_the_images_is_about_half():
    assert 10 < changed([patches(0)], 0.5).sum() < 30


def test_without_a_trigger_nothing_changes():
    assert not changed([], 1.0).any()


def test_the_images_handed_in_stay_as_they_are():
    before = IMAGES.copy()
    changed([patches(3)], 1.0)
    assert np.array_equal(before, IMAGES)


def test_a_trigger_moves_and_fades_but_stays_near():
    after = stamping.stamped(IMAGES, [patches(0)], share=1.0, rng=np.random.default_rng(1))
    touched = (after != IMAGES).any(axis=(0, 3))
    assert touched[1:7, 1:7].sum() > 4
    assert touched.sum() == touched[1:7, 1:7].sum()  # two pixels away at most


def test_the_same_seed_stamps_the_same():
    assert np.array_equal(
        changed([patches(0, 1)], 0.5, seed=3), changed([patches(0, 1)], 0.5, seed=3)
    )
