import numpy as np
import tf_keras as keras

from core import inversion
from tests.unit.core.inversion.test_triggers import IMAGES, added


def bright_is_three():
    """A model that says 3 where the mean pixel is above 127, else 0."""
    layers = keras.layers
    model = keras.Sequential([layers.Input((4, 4, 1)), layers.Flatten(), layers.Dense(4)])
    kernel = np.zeros((16, 4), np.float32)
    kernel[:, 3] = 1 / 16
    model.set_weights([kernel, np.array([127, 0, 0, 0], np.float32)])
    return model


def test_it_is_the_share_of_stamped_images_that_land_in_the_class():
    found = inversion.success(bright_is_three(), added(50.0), IMAGES, np.array([0, 1]))
    assert found.stamped.tolist() == [1.0] and found.clean.tolist() == [0.0]


def test_images_of_the_class_itself_do_not_count():
    found = inversion.success(bright_is_three(), added(0.0), IMAGES, np.array([3, 0]))
    assert found.n_images.tolist() == [1] and found.stamped.tolist() == [0.0]


def test_what_lands_there_anyway_is_not_added_by_the_trigger():
    bright = np.full((2, 4, 4, 1), 200, np.float32)
    found = inversion.success(bright_is_three(), added(10.0), bright, np.array([0, 1]))
    assert found.clean.tolist() == [1.0] and found.excess.tolist() == [0.0]


def test_without_an_image_that_counts_there_is_no_success():
    found = inversion.success(bright_is_three(), added(50.0), IMAGES, np.array([3, 3]))
    assert found.n_images.tolist() == [0] and found.stamped.tolist() == [0.0]
