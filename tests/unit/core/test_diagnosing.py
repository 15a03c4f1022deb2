import dataclasses
import json

import pytest

from core import data, diagnosing, errors, modelfile, models
from core.diagnosis import searching
from core.requests import DiagnoseRequest
from core.results import Diagnosis
from tests import tiny


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """What is found is tested elsewhere."""
    settings = [dataclasses.replace(each, steps=10) for each in searching._SETTINGS]
    monkeypatch.setattr(searching, "_SETTINGS", settings)


@pytest.fixture(scope="module")
def folders(tiny_case, tmp_path_factory):
    root = tmp_path_factory.mktemp("canonical")
    (root / "model").mkdir()
    modelfile.save_canonical(models.describe(tiny_case.model, name="bad"), root / "model")
    data.save_canonical(tiny_case.validation, root / "images")
    return root


def answer(folders, output, **options):
    request = DiagnoseRequest(
        model=str(folders / "model"),
        clean_validation=str(folders / "images"),
        output=str(output),
        **options,
    )
    return diagnosing.answer(request, lambda event: None)


def test_what_is_told_is_what_is_written(folders, tmp_path):
    told = answer(folders, tmp_path)
    written = json.loads((tmp_path / "diagnosis.json").read_text())
    assert Diagnosis.from_json(written) == told


def test_it_says_what_it_was_made_from(folders, tmp_path):
    made = answer(folders, tmp_path, seed=5).circumstances
    assert (made.model.name, made.clean_validation.n, made.seed) == ("bad", 300, 5)
    assert made.preprocessing.name == "[-1,1]" and not made.preprocessing.declared


def test_every_trigger_has_its_picture(folders, tmp_path):
    told = answer(folders, tmp_path)
    named = [found.picture for each in told.suspects for found in (each.patch, each.additive)]
    assert len(named) == 2 * tiny.N_CLASSES
    assert all((tmp_path / name).is_file() for name in named)


def test_images_that_do_not_go_with_the_model_are_refused(tiny_case, tmp_path):
    other = data.from_arrays(*(part[:9] for part in tiny.pictures(9, 0))).only([0])
    examination = diagnosing.Examination(
        model_file=models.describe(tiny_case.model, name="bad"), images=other
    )
    with pytest.raises(errors.InvalidInput):
        diagnosing.examine(examination, lambda event: None)
