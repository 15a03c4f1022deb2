import numpy as np
import pytest

from core import baseline, data, errors
from tests import tiny


def relabelled(images: data.LabelledImages) -> data.LabelledImages:
    pixels = images.at(np.arange(len(images)))
    return data.from_arrays(pixels, (images.labels + 1) % tiny.N_CLASSES, name="wrong")


def test_the_preprocessing_that_fits_is_found_and_the_reason_told(tiny_case):
    choice, warnings = baseline.choose_preprocessing(tiny_case.model, tiny_case.validation, "auto")
    assert choice.name == "[-1,1]" and not choice.declared
    assert choice.tried["[-1,1]"] == max(choice.tried.values())
    assert "of 300 clean validation images are right with [-1,1]" in choice.reason
    assert warnings == ()


def test_a_declared_preprocessing_is_taken(tiny_case):
    choice, _ = baseline.choose_preprocessing(tiny_case.model, tiny_case.validation, "[-1,1]")
    assert choice.name == "[-1,1]" and choice.declared
    assert choice.reason.startswith("declared;")


def test_a_declared_one_that_is_at_chance_is_refused_with_the_one_that_fits(tiny_case):
    with pytest.raises(errors.BaselineAtChance, match=r"--preprocessing \[-1,1\] would") as caught:
        baseline.choose_preprocessing(tiny_case.model, tiny_case.validation, "/255")
    assert caught.value.details["tried"]["[-1,1]"] > 0.9


def test_a_declared_one_that_works_worse_than_another_is_a_warning(tiny_case):
    tried = {"none": 0.5, "/255": 0.9}
    (warning,) = baseline._warnings("none", "/255", tried, tiny_case.validation)
    assert warning == "preprocessing none was declared and gives 50.0 %; /255 would give 90.0 %"


def test_a_model_at_chance_under_every_preprocessing_names_all_that_were_tried(tiny_case):
    with pytest.raises(errors.BaselineAtChance, match="labels belong to this model") as caught:
        baseline.choose_preprocessing(tiny_case.model, relabelled(tiny_case.validation), "auto")
    assert set(caught.value.details["tried"]) >= {"none", "/255", "[-1,1]"}


def test_an_unknown_preprocessing_is_refused(tiny_case):
    with pytest.raises(errors.InvalidParams, match="/255"):
        baseline.choose_preprocessing(tiny_case.model, tiny_case.validation, "/256")


def test_a_constant_answer_on_unbalanced_classes_is_chance():
    labels = np.where(np.arange(100) < 80, 1, 2)
    images = data.from_arrays(np.zeros((100, *tiny.SHAPE), np.uint8), labels, name="unbalanced")
    assert baseline._is_at_chance(0.8, images, tiny.N_CLASSES)
    assert not baseline._is_at_chance(0.97, images, tiny.N_CLASSES)


def test_a_few_right_answers_of_many_classes_are_better_than_chance():
    images = tiny.labelled(200, 0)  # four classes seen of a thousand
    assert baseline._is_at_chance(0.3, images, 1000)
    assert not baseline._is_at_chance(0.9, images, 1000)


def test_classes_without_a_validation_image_are_warned_of():
    (warning,) = baseline.coverage_warnings(tiny.labelled(50, 0), 1000)
    assert "4 of the model's 1000 classes" in warning and "the other 996" in warning


def test_there_is_no_warning_where_every_class_has_an_image():
    assert baseline.coverage_warnings(tiny.labelled(50, 0), tiny.N_CLASSES) == ()
