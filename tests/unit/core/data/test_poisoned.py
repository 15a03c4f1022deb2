"""What the labels of poisoned images mean."""

import numpy as np
import pytest

from core import data, errors
from tests.unit.core.data import files

SAME, DIFFERENT = np.full(6, 2), np.arange(6)


def images(labels, true_labels=None):
    return data.from_arrays(files.faces(), labels, true_labels=true_labels)


def test_one_label_throughout_is_taken_for_the_target():
    poisoned = data.as_poisoned(images(SAME))
    assert poisoned.target_label == 2
    assert poisoned.targets.tolist() == SAME.tolist()
    assert poisoned.true_labels is None


def test_a_set_with_true_labels_has_targets_for_labels():
    poisoned = data.as_poisoned(images(DIFFERENT, true_labels=SAME))
    assert poisoned.target_label is None
    assert poisoned.targets.tolist() == DIFFERENT.tolist()
    assert poisoned.true_labels.tolist() == SAME.tolist()


def test_labels_that_may_mean_either_are_asked_about():
    with pytest.raises(errors.InvalidDataset, match=r"'target'.*'original'"):
        data.as_poisoned(images(DIFFERENT))


def test_declared_targets_may_differ():
    poisoned = data.as_poisoned(images(DIFFERENT), labels="target")
    assert poisoned.target_label is None
    assert poisoned.targets.tolist() == DIFFERENT.tolist()


def test_original_labels_are_the_true_ones():
    poisoned = data.as_poisoned(images(DIFFERENT), labels="original", target_label=4)
    assert poisoned.targets.tolist() == [4] * 6
    assert poisoned.true_labels.tolist() == DIFFERENT.tolist()
    assert poisoned.target_label == 4


def test_original_labels_need_a_target():
    with pytest.raises(errors.InvalidParams, match="say the target label"):
        data.as_poisoned(images(DIFFERENT), labels="original")


def test_a_target_that_the_labels_contradict_is_refused():
    with pytest.raises(errors.InvalidDataset, match="not all are 3"):
        data.as_poisoned(images(SAME), target_label=3)


@pytest.mark.parametrize("choice", [{"labels": "both"}, {"target_label": -1}])
def test_choices_that_do_not_exist_are_refused(choice):
    with pytest.raises(errors.InvalidParams):
        data.as_poisoned(images(SAME), **choice)
