"""What may not be meant when a model and data sets are used together."""

import pytest

from service import fitting
from service.fitting import Given
from service.tables import Dataset, Model

MODEL = {"input_shape": [12, 12, 3], "n_classes": 4}
IMAGES = {"shape": [6, 12, 12, 3], "n_classes": 4, "label_range": [0, 3]}


def dataset(name="images", facts=None, **options):
    return Dataset(
        id=name, name=name, sha256=name, facts={**IMAGES, **(facts or {})}, options=options
    )


def given(**changes):
    """A repair about which there is nothing to say."""
    poisoned = dataset("poisoned", {"constant_label": 0})
    chosen = {
        "model": Model(id="model", name="net", facts=MODEL),
        "clean_validation": dataset("validation"),
        "clean_test": dataset("test"),
        "poisoned_test": (poisoned,),
    }
    return Given(**{**chosen, **changes})


def only(found):
    assert len(found) == 1
    return found[0]


def test_nothing_is_said_where_all_is_well():
    assert fitting.warnings(given()) == []


def test_what_will_not_be_measured_is_said():
    found = fitting.warnings(given(clean_test=None, poisoned_test=()))
    assert [text.partition(":")[0] for text in found] == [
        "no poisoned test set", "no clean test set",
    ]  # fmt: skip


def test_the_same_file_twice_is_said():
    same = dataset("same")
    assert "are one file" in only(fitting.warnings(given(clean_validation=same, clean_test=same)))


def test_images_of_another_shape_are_said():
    other = dataset("test", {"shape": [6, 8, 8, 1]})
    assert "8x8x1" in only(fitting.warnings(given(clean_test=other)))


def test_labels_beyond_the_classes_are_said():
    other = dataset("test", {"label_range": [0, 4]})
    assert "labels up to 4" in only(fitting.warnings(given(clean_test=other)))


def test_classes_that_the_repair_does_not_see_are_said():
    few = dataset("validation", {"n_classes": 2})
    assert "shows 2 of 4 classes" in only(fitting.warnings(given(clean_validation=few)))


def test_labels_that_could_mean_two_things_are_said():
    unclear = dataset("poisoned", {"constant_label": None}, labels="auto")
    assert "say whether they are targets" in only(fitting.warnings(given(poisoned_test=(unclear,))))


def test_true_classes_without_a_target_are_said():
    unclear = dataset("poisoned", labels="original", target_label=None)
    assert "where does the trigger" in only(fitting.warnings(given(poisoned_test=(unclear,))))


def test_nothing_is_said_of_what_is_not_known_yet():
    unread = Dataset(id="a", name="a", sha256="a", facts=None, options={"labels": "auto"})
    assert fitting.warnings(given(clean_validation=unread, poisoned_test=(unread,))) == []


def test_nothing_is_compared_with_a_model_that_is_not_chosen():
    assert fitting.warnings(given(model=None)) == []


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({"clean_test": dataset("test", {"shape": [6, 8, 8, 1]})}, True),
        ({"clean_test": dataset("test", {"label_range": [0, 4]})}, True),
        ({"poisoned_test": (dataset("poisoned", labels="original", target_label=None),)}, True),
        ({"clean_test": None}, False),
    ],
)
def test_what_would_fail_is_told_from_what_is_only_not_meant(changes, is_told):
    assert fitting.foretells_failure(only(fitting.warnings(given(**changes)))) == is_told


def test_of_unlabelled_images_only_the_shape_matters():
    labels = dataset("more", {"label_range": [0, 99]})
    assert fitting.warnings(given(unlabelled=labels)) == []
    other = dataset("more", {"shape": [6, 8, 8, 1]})
    assert "8x8x1" in only(fitting.warnings(given(unlabelled=other)))


def test_test_images_among_the_unlabelled_ones_are_said():
    same = dataset("same")
    assert "are one file" in only(fitting.warnings(given(unlabelled=same, clean_test=same)))
