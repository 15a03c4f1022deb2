import numpy as np
import pytest

from core import data, errors, modelfile, models, work
from core.requests import (
    EvaluateRequest,
    PoisonedInput,
    PredictRequest,
    RepairOptions,
    RepairRequest,
    TestInputs,
)


@pytest.fixture(scope="module")
def folders(tiny_case, tmp_path_factory):
    """Canonical folders of the tiny case, as the ingest child would have written them."""
    root = tmp_path_factory.mktemp("canonical")
    for name in ("model", "validation", "test", "corner"):
        (root / name).mkdir()
    modelfile.save_canonical(models.describe(tiny_case.model, name="tiny"), root / "model")
    data.save_canonical(tiny_case.validation, root / "validation")
    data.save_canonical(tiny_case.tests.clean, root / "test")
    data.save_canonical(tiny_case.tests.poisoned[0].images, root / "corner")
    return root


def inputs_in(folders):
    return TestInputs(
        clean=str(folders / "test"), poisoned=(PoisonedInput(folder=str(folders / "corner")),)
    )


def test_a_repair_writes_the_whole_contract(folders, tmp_path):
    request = RepairRequest(
        model=str(folders / "model"),
        clean_validation=str(folders / "validation"),
        tests=inputs_in(folders),
        options=RepairOptions(method="fine-tuning", params={"epochs": 1, "flip": False}),
        output=str(tmp_path),
    )
    events = []
    (report,) = work.repair(request, events.append).values()
    assert {path.name for path in tmp_path.iterdir()} == {
        "repaired.h5", "repaired.weights.h5", "goodnet.h5", "report.json", "report.html",
        "report.md", "figures",
    }  # fmt: skip
    assert report.before.attacks[0].attack_success_rate.value > 0.9
    assert {event.stage for event in events} >= {"load", "baseline", "evaluate", "package"}


def test_an_evaluation_with_a_declared_preprocessing(folders):
    request = EvaluateRequest(
        model=str(folders / "model"), tests=inputs_in(folders), preprocessing="[-1,1]"
    )
    evaluation, choice = work.evaluate(request, lambda event: None)
    assert evaluation.clean_accuracy.value > 0.9
    assert choice.declared


def test_an_evaluation_finds_the_preprocessing_on_clean_validation(folders):
    request = EvaluateRequest(
        model=str(folders / "model"), tests=inputs_in(folders),
        clean_validation=str(folders / "validation"),
    )  # fmt: skip
    _, choice = work.evaluate(request, lambda event: None)
    assert (choice.name, choice.declared) == ("[-1,1]", False)


def test_a_preprocessing_is_never_tried_on_test_images(folders):
    request = EvaluateRequest(model=str(folders / "model"), tests=inputs_in(folders))
    with pytest.raises(errors.InvalidParams, match="never tried on test images"):
        work.evaluate(request, lambda event: None)


def test_predictions_are_one_label_a_picture(folders, tiny_case):
    request = PredictRequest(
        model=str(folders / "model"), pictures=str(folders / "test"), preprocessing="[-1,1]"
    )
    labels = work.predict(request, lambda event: None)
    clean = tiny_case.tests.clean
    assert np.mean(labels == clean.labels) > 0.9


def test_a_model_that_does_not_say_its_scaling_needs_to_be_told(folders):
    request = PredictRequest(model=str(folders / "model"), pictures=str(folders / "test"))
    with pytest.raises(errors.InvalidParams, match="--preprocessing"):
        work.predict(request, lambda event: None)


def test_a_full_disk_is_told_as_such(tiny_case, tmp_path, monkeypatch):
    def full(model_file, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(modelfile, "write", full)
    with pytest.raises(errors.OutputNotWritable, match="No space left"):
        work._write_outcome(_Outcome(models.describe(tiny_case.model, name="t")), tmp_path)


class _Outcome:
    def __init__(self, model_file):
        self.repaired = model_file
        self.goodnet = model_file
