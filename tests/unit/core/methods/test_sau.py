import numpy as np
import pytest

from core import inversion
from core.methods import sau
from tests import tiny

IMAGES = tiny.SCALED.apply(tiny.pictures(30, 2)[0])
LABELS = tiny.pictures(30, 2)[1]
PIXELS = inversion.PixelRange(low=np.full(3, -1, np.float32), high=np.ones(3, np.float32))


@pytest.fixture(scope="module")
def search(tiny_case):
    return sau._Search(bad=tiny_case.model, labels=(0, 1), pixels=PIXELS, reach=0.2, steps=4)


def test_wanted_are_the_suspected_classes_that_an_image_is_not_of(search):
    assert search.wanted([0, 1, 3]).numpy().tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0]]


def test_no_pixel_changes_further_than_the_reach_or_leaves_its_range(search, tiny_case):
    start = np.ones_like(IMAGES)
    changed = search.shared(tiny_case.model, IMAGES, LABELS, start).numpy()
    assert np.abs(changed - IMAGES).max() <= 0.4 + 1e-5  # a fifth of -1 to 1
    assert changed.min() >= -1 and changed.max() <= 1


def test_the_changed_images_are_more_often_taken_for_suspected_classes(search, tiny_case):
    others = LABELS > 1
    changed = search.shared(tiny_case.model, IMAGES, LABELS, np.zeros_like(IMAGES))
    before, after = (
        np.argmax(search.answers(each), axis=1)[others] < 2 for each in (IMAGES, changed)
    )
    assert after.mean() > before.mean() + 0.3


def test_two_equal_answers_are_at_no_distance():
    answers = np.log([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    assert sau._distance(answers, answers).numpy() == pytest.approx([0, 0], abs=1e-5)
    sure = np.log([[1 - 2e-6, 1e-6, 1e-6]]), np.log([[1e-6, 1 - 2e-6, 1e-6]])
    assert sau._distance(*sure).numpy() == pytest.approx([np.log(2)], abs=1e-3)
