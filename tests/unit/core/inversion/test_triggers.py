import numpy as np
import pytest

from core import inversion

PIXELS = inversion.PixelRange(low=np.zeros(1, np.float32), high=np.full(1, 255, np.float32))
IMAGES = np.full((2, 4, 4, 1), 100, np.float32)


def corner_patch(value=255.0):
    masks = np.zeros((1, 4, 4, 1), np.float32)
    masks[0, 0, 0] = 1
    return inversion.Triggers(
        kind="patch", labels=np.array([3]), masks=masks,
        patterns=np.full((1, 4, 4, 1), value, np.float32), pixels=PIXELS,
    )  # fmt: skip


def added(value):
    return inversion.Triggers(
        kind="additive", labels=np.array([3]), masks=None,
        patterns=np.full((1, 4, 4, 1), value, np.float32), pixels=PIXELS,
    )  # fmt: skip


def test_a_patch_replaces_the_pixels_under_its_mask_and_no_others():
    stamped = corner_patch().stamped(IMAGES, 0)
    assert (stamped[:, 0, 0] == 255).all()
    assert (stamped != IMAGES).sum() == len(IMAGES)


def test_half_the_strength_goes_half_the_way():
    assert corner_patch(200.0).stamped(IMAGES, 0, strength=0.5)[0, 0, 0, 0] == 150


def test_what_is_added_stays_within_the_pixels():
    assert (added(50.0).stamped(IMAGES, 0) == 150).all()
    assert (added(500.0).stamped(IMAGES, 0) == 255).all()


@pytest.mark.parametrize(("shift", "place"), [((1, 2), (1, 2)), ((3, 0), (3, 0))])
def test_a_trigger_can_be_moved(shift, place):
    stamped = corner_patch().stamped(IMAGES, 0, shift=shift)
    assert [tuple(at[:2]) for at in np.argwhere(stamped[0] == 255)] == [place]


@pytest.mark.parametrize("shift", [(-1, 0), (0, -1), (4, 0)])
def test_what_leaves_the_image_is_lost(shift):
    assert (corner_patch().stamped(IMAGES, 0, shift=shift) == IMAGES).all()


def test_stamping_leaves_the_images_as_they_are():
    corner_patch().stamped(IMAGES, 0)
    assert (IMAGES == 100).all()


def test_the_size_of_a_patch_is_the_sum_of_its_mask():
    assert corner_patch().sizes.tolist() == [1.0]


def test_the_size_of_what_is_added_is_its_norm_in_pixel_ranges():
    assert added(255.0).sizes == pytest.approx([4.0])


def test_some_can_be_taken_out_by_their_labels(patches):
    chosen = patches.only([3, 1])
    assert chosen.labels.tolist() == [3, 1]
    assert (chosen.masks[1] == patches.masks[1]).all()
