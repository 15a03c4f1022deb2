import json

import numpy as np
import pytest

from core import errors
from core.results import RepairReport


def test_figures_are_those_of_the_report(result):
    assert (result.before, result.after) == (result.report.before, result.report.after)
    assert result.verdict == result.report.verdict


def test_to_dict_is_what_report_json_holds(result, tmp_path):
    result.save(tmp_path / "out")
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == result.to_dict()
    assert RepairReport.from_json(result.to_dict()) == result.report


def test_save_writes_the_whole_folder(result, tmp_path):
    result.save(tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "repaired.h5",
        "repaired.weights.h5",
        "goodnet.h5",
        "report.json",
        "report.html",
        "report.md",
        "figures",
    }


def test_save_refuses_a_folder_that_exists(result, tmp_path):
    with pytest.raises(errors.OutputExists):
        result.save(tmp_path)


def test_the_model_gives_a_score_for_each_class(result):
    assert result.model(np.zeros((2, 8, 8, 1), np.float32)).shape == (2, 10)


def test_the_good_net_answers_the_repaired_class_or_n(result, repair_data):
    images = repair_data.tests.clean.at(np.arange(100))
    labels = result.goodnet.predict(images)
    repaired = result.model(images.astype(np.float32) / 255).numpy().argmax(axis=1)
    assert ((labels == repaired) | (labels == result.goodnet.poisoned_class)).all()


def test_the_good_net_takes_channels_first_as_well(result, repair_data):
    images = repair_data.tests.clean.at(np.arange(20))
    np.testing.assert_array_equal(
        result.goodnet.predict(images.transpose(0, 3, 1, 2)), result.goodnet.predict(images)
    )


def test_the_good_net_refuses_images_of_another_size(result):
    with pytest.raises(errors.WrongImageShape):
        result.goodnet.predict(np.zeros((1, 9, 9, 1), np.uint8))


def test_they_describe_themselves(result):
    assert repr(result).startswith("RepairResult(")
    assert repr(result.goodnet) == "GoodNet(10 classes; 10 means poisoned)"


def test_the_report_says_how_to_run_it_again(result):
    assert result.report.command == "FinePruning(epochs=1, flip=False, shift=0).repair(model, data)"
