"""The same pixels give the same number, whatever type they are stored in."""

import numpy as np

from core import data


def labelled(images):
    return data.from_arrays(images, np.zeros(len(images), int), layout="NHWC")


def some(n=5):
    return np.random.default_rng(0).integers(0, 256, (n, 4, 4, 3), dtype=np.uint8)


def test_different_images_differ():
    assert len(set(data.fingerprints(labelled(some())))) == 5


def test_the_type_does_not_matter():
    first, second = (data.fingerprints(labelled(some().astype(kind))) for kind in ("u1", "f8"))
    assert first.tolist() == second.tolist()


def test_the_other_images_of_a_set_do_not_matter():
    images = some(2).astype(float)
    images[1] += 0.5
    assert data.fingerprints(labelled(images))[0] == data.fingerprints(labelled(some(1)))[0]


def test_repeated_and_shared_images_are_counted():
    images = some()
    twice = data.fingerprints(labelled(images[[0, 1, 1, 1]]))
    assert data.n_repeated(twice) == 2
    assert data.n_shared(data.fingerprints(labelled(images[:2])), twice) == 4
    assert data.n_shared(data.fingerprints(labelled(images[2:])), twice) == 0
