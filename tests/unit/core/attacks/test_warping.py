import numpy as np
import pytest

from core.attacks import warping

IMAGES = np.random.default_rng(0).integers(0, 256, (2, 9, 8, 3), dtype=np.uint8)


def test_without_movement_nothing_changes():
    assert (warping.moved(IMAGES, np.zeros((2, 9, 8))) == IMAGES).all()


def test_pixels_come_from_where_the_movement_points():
    right = np.stack([np.zeros((9, 8)), np.ones((9, 8))])
    moved = warping.moved(IMAGES, right)
    assert (moved[:, :, :-1] == IMAGES[:, :, 1:]).all()
    assert (moved[:, :, -1] == IMAGES[:, :, -1]).all()


def test_half_a_pixel_is_the_mean_of_two():
    image = np.array([[[0], [100]]], np.uint8)[None]
    half = np.stack([np.zeros((1, 2)), np.full((1, 2), 0.5)])
    assert warping.moved(image, half).ravel().tolist() == [50, 100]


def test_a_field_moves_by_one_pixel_in_the_mean():
    field = warping.field((20, 30), 4, 7)
    assert field.shape == (2, 20, 30)
    assert np.hypot(*field).mean() == pytest.approx(1)
