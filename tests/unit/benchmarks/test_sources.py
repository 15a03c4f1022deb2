import numpy as np
import pytest

from benchmarks.repair import sources
from core import data


def images(part):
    return data.from_arrays(part.images, part.labels, name="part")


@pytest.mark.data
def test_the_parts_of_cifar10_share_no_image(shared_data):
    source = sources.load("cifar10")
    parts = [images(part) for part in (source.train, source.development, source.validation)]
    assert [len(part) for part in parts] == [7000, 1000, 2500]
    test = images(source.test)
    assert [data.n_shared(data.fingerprints(part), data.fingerprints(test)) for part in parts] == [
        0, 0, 0,
    ]  # fmt: skip


def test_where_fashion_mnist_is_absent_the_program_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(sources, "_FASHION", tmp_path / "none")
    with pytest.raises(SystemExit, match="apt-get install dataset-fashion-mnist"):
        sources._fashion_mnist()
    assert "fashion-mnist" not in sources.available()


def test_a_seed_draws_which_images_a_repair_is_given():
    images = np.arange(40, dtype=np.uint8).reshape(40, 1, 1, 1)
    known = sources.Images(images=images, labels=np.arange(40) % 10)
    (first, rest), (again, _), (other, _) = (known.drawn(8, seed=seed) for seed in (0, 0, 1))
    assert sorted([*first.images.ravel(), *rest.images.ravel()]) == list(range(40))
    assert len(first) == 8
    assert np.array_equal(first.images, again.images)
    assert not np.array_equal(first.images, other.images)
    assert np.array_equal(first.labels, first.images.ravel() % 10)
