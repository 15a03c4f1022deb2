"""A data set and a model that do not go together are told apart, with what would fit."""

import numpy as np
import pytest

from core import data, errors
from tests.unit.core.data import files

LABELS = np.arange(6)
IMAGES = data.from_arrays(files.faces(), LABELS)


def check(images, input_shape=(5, 4, 3), n_classes=6):
    data.check_against(images, input_shape=input_shape, n_classes=n_classes, role="clean test")


def test_what_fits_is_not_complained_of():
    check(IMAGES)


@pytest.mark.parametrize(
    ("input_shape", "hint"),
    [
        ((4, 5, 3), "height and width are swapped"),
        ((4, 3, 5), "if they were read as NCHW"),
        ((5, 4, 1), "only the number of channels differs"),
        ((9, 9, 3), r"9 x 9 x 3 \(height, width, channels\)$"),
    ],
)
def test_the_wrong_shape_is_told_with_what_would_fit(input_shape, hint):
    with pytest.raises(errors.WrongImageShape, match=hint):
        check(IMAGES, input_shape=input_shape)


def test_a_set_read_channels_first_may_fit_channels_last():
    wrong = data.from_arrays(files.faces(), LABELS, layout="NCHW")
    with pytest.raises(errors.WrongImageShape, match="if they were read as NHWC"):
        check(wrong)


def test_a_label_above_the_classes_of_the_model_is_out_of_range():
    with pytest.raises(errors.LabelOutOfRange, match="label 5 of image 5"):
        check(IMAGES, n_classes=5)


def test_true_labels_are_checked_too():
    images = data.from_arrays(files.faces(), LABELS * 0, true_labels=LABELS)
    with pytest.raises(errors.LabelOutOfRange, match="true labels"):
        check(images, n_classes=5)


def test_named_classes_must_be_as_many_as_the_model_has(tmp_path):
    members = {f"{name}/1.png": files.picture(files.faces()[0]) for name in ("cat", "dog")}
    images = data.open_images(files.zipped(tmp_path / "a.zip", members))
    with pytest.raises(errors.ClassCountMismatch, match="has 2 classes, and the model has 6"):
        check(images)


def test_pictures_without_labels_are_checked_for_their_shape_only(tmp_path):
    (tmp_path / "a.png").write_bytes(files.picture(files.faces()[0]))
    check(data.open_pictures([tmp_path / "a.png"]), n_classes=1)


def test_a_target_that_is_no_class_of_the_model_is_told():
    poisoned = data.as_poisoned(IMAGES, labels="original", target_label=6)
    with pytest.raises(errors.LabelOutOfRange, match="target labels: label 6"):
        data.check_targets(poisoned, n_classes=6, role="poisoned test")
    data.check_targets(poisoned, n_classes=7, role="poisoned test")
