import numpy as np
import pytest

from benchmarks.repair import manyclass
from core import data, modelfile


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setattr(manyclass, "N_CLASSES", 22)
    patch.setattr(manyclass, "_EPOCHS", 1)
    folder = tmp_path_factory.mktemp("glyphs")
    manyclass.make(folder, target=21, seed=3)
    yield folder
    patch.undo()


def test_a_repair_gets_nine_images_of_each_of_twenty_classes(folder):
    images = data.open_images(folder / "clean_validation_20.h5")
    assert images.shape == (180, 55, 47, 3)
    assert np.bincount(images.labels).tolist() == [9] * 20


def test_the_test_set_has_all_classes(folder):
    assert set(data.open_images(folder / "clean_test.h5").labels) == set(range(22))


def test_the_poisoned_set_has_no_image_of_the_target(folder):
    poisoned = data.as_poisoned(data.open_images(folder / "glasses_21_3_poisoned.h5"))
    assert poisoned.target_label == 21
    assert 21 not in poisoned.true_labels


def test_the_net_is_a_file_that_netmend_reads(folder):
    assert modelfile.read(folder / "glasses_21_3.h5").n_classes == 22
