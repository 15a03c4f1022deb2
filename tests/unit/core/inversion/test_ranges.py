import numpy as np
import pytest

from core import data, inversion, preprocessing


def stored(values, dtype=np.float32):
    images = np.broadcast_to(np.array(values, dtype)[:, None, None, None], (2, 4, 4, 3)).copy()
    return data.from_arrays(images, np.zeros(2, np.int64))


@pytest.mark.parametrize(
    ("values", "dtype", "how", "ends"),
    [((7, 9), np.uint8, "/255", (0, 1)), ((7, 9), np.uint8, "[-1,1]", (-1, 1)),
     ((7, 9), np.uint8, "none", (0, 255)), ((0.2, 0.4), np.float32, "none", (0, 1)),
     ((0.0, 90.0), np.float32, "/255", (0, 1)), ((-2.0, 3.0), np.float32, "none", (-2, 3))],
)  # fmt: skip
def test_the_range_follows_from_how_pixels_are_stored_and_scaled(values, dtype, how, ends):
    found = inversion.pixel_range(stored(values, dtype), preprocessing.named(how))
    assert found.low.tolist() == [ends[0]] * 3
    assert found.high.tolist() == [ends[1]] * 3


def test_channels_may_have_ranges_of_their_own():
    how = preprocessing.named("imagenet-torch")
    found = inversion.pixel_range(stored((7, 9), np.uint8), how)
    assert found.low == pytest.approx([-2.118, -2.036, -1.804], abs=1e-3)


def test_images_are_scaled_as_the_model_takes_them():
    found = inversion.scaled(stored((0, 255), np.uint8), preprocessing.named("[-1,1]"))
    assert len(found) == 2
    assert found.images[:, 0, 0, 0].tolist() == [-1, 1]
