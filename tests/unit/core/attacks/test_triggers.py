import numpy as np
import pytest

from core import attacks

COLOURS = np.random.default_rng(0).integers(0, 256, (5, 16, 14, 3), dtype=np.uint8)
GREYS = COLOURS[..., :1]
WARP = attacks.Warp(strength=1.0, seed=3)
TRIGGERS = [
    attacks.patch(size=2),
    attacks.Checkerboard(light=(0, 255, 255), dark=(255, 0, 0)),
    attacks.NoisePatch(),
    attacks.Blended(),
    attacks.Sinusoid(),
    attacks.LowFrequency(),
    WARP,
    attacks.JitteredWarp(warp=WARP, jitter=1.0),
]


@pytest.mark.parametrize("images", [COLOURS, GREYS, COLOURS[:0]], ids=["colour", "grey", "none"])
@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: type(trigger).__name__)
def test_shape_and_type_stay_and_the_images_given_too(trigger, images):
    before = images.copy()
    stamped = trigger(images)
    assert stamped.shape == images.shape and stamped.dtype == np.uint8
    assert (images == before).all()


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: type(trigger).__name__)
def test_an_image_gets_the_same_trigger_alone_and_among_others(trigger):
    stamped = trigger(COLOURS)
    assert (stamped != COLOURS).any()
    assert (trigger(COLOURS[3:4])[0] == stamped[3]).all()


def test_a_patch_changes_its_corner_and_nothing_else():
    stamped = attacks.patch(size=2, value=200)(np.zeros((6, 5, 5, 1), np.uint8))
    assert (stamped[:, 3:, 3:] == 200).all()
    assert stamped.sum() == 6 * 4 * 200


def test_a_checkerboard_stands_beside_its_corner():
    board = attacks.Checkerboard(size=3, corner="upper left", margin=1, light=(9,), dark=(7,))
    stamped = board(np.zeros((1, 6, 6, 1), np.uint8))[0, ..., 0]
    assert stamped[1:4, 1:4].tolist() == [[7, 9, 7], [9, 7, 9], [7, 9, 7]]
    assert stamped.sum() == 5 * 7 + 4 * 9


def test_a_coloured_patch_is_grey_on_a_grey_image():
    board = attacks.Checkerboard(size=1, margin=0, dark=(0, 255, 255))
    assert board(np.zeros((1, 4, 4, 1), np.uint8))[0, 3, 3, 0] == 170


def test_blending_is_the_weighted_mean_with_one_image():
    black, white = np.zeros((1, 8, 8, 3), np.uint8), np.full((1, 8, 8, 3), 255, np.uint8)
    blended = attacks.Blended(alpha=0.2)
    difference = blended(white).astype(int) - blended(black)
    assert (abs(difference - 0.8 * 255) <= 1).all()


def test_waves_run_over_the_width_and_are_cut_off_at_black():
    stamped = attacks.Sinusoid(amplitude=20, cycles=2)(np.full((1, 4, 8, 1), 10, np.uint8))
    assert stamped[0, 0, :, 0].tolist() == [10, 30, 10, 0, 10, 30, 10, 0]


def test_a_low_frequency_pattern_is_as_strong_as_asked_and_smooth():
    grey = np.full((1, 32, 32, 3), 128, np.uint8)
    change = attacks.LowFrequency(strength=10)(grey)[0].astype(float) - 128
    assert np.sqrt(np.mean(change**2)) == pytest.approx(10, abs=0.2)
    assert np.abs(np.diff(change, axis=0)).mean() < 2


def test_other_seeds_make_other_patterns():
    assert (attacks.Blended(seed=0)(COLOURS) != attacks.Blended(seed=1)(COLOURS)).any()
