import numpy as np
import pytest

from benchmarks.repair import measuring, training
from benchmarks.repair.cells import Net
from core import models
from tests.unit.benchmarks import brightness

SOURCE = brightness.source()


def net(attack, *, normalized=False):
    return Net(data="bright", normalized=normalized, attack=attack, seed=0)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(training, "_EPOCHS", 2)


@pytest.mark.parametrize("attack", ["wanet", "pruning-aware"])
def test_the_same_net_is_trained_to_the_same_weights(attack):
    first, second = (training.trained(net(attack), SOURCE).get_weights() for _ in range(2))
    assert all((one == other).all() for one, other in zip(first, second, strict=True))


def test_a_net_learns_its_classes():
    exam = measuring.exam(net("benign"), SOURCE, "test")
    model = training.trained(net("benign"), SOURCE)
    assert measuring.figures(measuring.answers(model, exam), exam).accuracy > 0.9


def test_a_net_can_have_batch_normalization():
    model = training.trained(net("badnets", normalized=True), SOURCE)
    described = models.describe(model, name="net")
    kinds = [layer.kind for layer in described.network.layers]
    assert kinds.count("BatchNormalization") == 4


def test_decoys_are_channels_of_the_clean_net():
    model = training.trained(net("pruning-aware"), SOURCE)
    kernels = model.get_layer("conv_4").kernel.numpy()
    assert np.abs(kernels).sum(axis=(0, 1, 2)).all()


def test_an_image_is_moved_and_mirrored_and_nothing_else():
    image = np.arange(36, dtype=np.uint8).reshape(1, 6, 6, 1)
    moved = training._augmented(np.repeat(image, 20, axis=0), np.random.default_rng(0))
    assert moved.shape == (20, 6, 6, 1)
    assert set(moved.ravel()) <= set(image.ravel())
