import numpy as np
import pytest

from benchmarks.repair import glyphs


@pytest.fixture(scope="module")
def alphabet():
    return glyphs.characters(40)


def test_each_class_is_another_character(alphabet):
    assert len(set(alphabet)) == 40


def test_images_are_as_large_as_the_faces_and_equally_many(alphabet):
    drawn = glyphs.draw(alphabet, n_each=3, seed=0)
    assert drawn.images.shape == (120, 55, 47, 3) and drawn.images.dtype == np.uint8
    assert np.bincount(drawn.labels).tolist() == [3] * 40


def test_a_seed_draws_the_same_again_and_another_seed_something_else(alphabet):
    first, again, other = (glyphs.draw(alphabet, n_each=1, seed=seed).images for seed in (0, 0, 1))
    assert (first == again).all() and (first != other).any()


def test_the_cache_holds_what_was_drawn(alphabet, tmp_path):
    path = tmp_path / "some" / "train.npz"
    drawn, read = (glyphs.cached(path, alphabet, n_each=1, seed=0) for _ in range(2))
    assert (drawn.images == read.images).all() and (drawn.labels == read.labels).all()


def test_the_first_classes_alone(alphabet):
    few = glyphs.draw(alphabet, n_each=2, seed=0).only_classes(5)
    assert sorted(set(few.labels)) == [0, 1, 2, 3, 4] and len(few.images) == 10


def test_glasses_cover_a_tenth_of_the_picture_and_no_more():
    white = np.full((1, *glyphs.SHAPE), 255, np.uint8)
    changed = (glyphs.glasses(white) != white).any(axis=-1)
    assert 0.08 < changed.mean() < 0.2
    assert not changed[:, 30:].any()
