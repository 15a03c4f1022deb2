"""The pieces of work that the child process does: canonical folders in, files and values out."""

from collections.abc import Mapping
from pathlib import Path, PurePath

import numpy as np

from . import (
    baseline,
    compatibility,
    data,
    devices,
    errors,
    metrics,
    modelfile,
    models,
    pipeline,
    preprocessing,
    report,
)
from .finetuning import OnEvent
from .metrics import IntArray, TestSets
from .pipeline import Outcome, Subject
from .requests import EvaluateRequest, PoisonedInput, PredictRequest, RepairRequest, TestInputs
from .results import Evaluation, Event, PreprocessingChoice, RepairReport


@devices.shortage_told()
def repair(request: RepairRequest, on_event: OnEvent) -> dict[str, RepairReport]:
    """Repair what canonical folders hold, and write the results.

    Args:
        request: Names the folders; its output is an empty folder.
        on_event: Told of progress.

    Returns:
        Subfolder to report: ``""`` for a single budget, ``drop-0.02`` and so on for several.
    """
    on_event(Event(stage="load", message="reading the model and the images"))
    subject = Subject(
        model_file=modelfile.load_canonical(Path(request.model)),
        clean_validation=data.load_canonical(Path(request.clean_validation)),
        tests=_tests(request.tests),
        unlabelled=_unlabelled(request.unlabelled),
    )
    outcomes = pipeline.repair_model(subject, request.options, on_event)
    on_event(Event(stage="package", message="writing the results"))
    return write(outcomes, Path(request.output))


def write(outcomes: Mapping[str, Outcome], folder: Path) -> dict[str, RepairReport]:
    """Write what came of each budget; several get a subfolder each, and an index.

    Args:
        outcomes: Name of the budget to what came of it.
        folder: Is there, and empty.

    Returns:
        Subfolder to report, ``""`` for a single budget.

    Raises:
        OutputNotWritable: The disk is full, or does not let us.
    """
    if len(outcomes) == 1:
        (outcome,) = outcomes.values()
        _write_outcome(outcome, folder)
        return {"": outcome.report}
    for name, outcome in outcomes.items():
        _write_outcome(outcome, folder / name)
    reports = {name: outcome.report for name, outcome in outcomes.items()}
    report.write_index(reports, folder)
    return reports


@devices.shortage_told()
def evaluate(request: EvaluateRequest, on_event: OnEvent) -> tuple[Evaluation, PreprocessingChoice]:
    """All figures of a model as it is, and how its inputs were scaled."""
    model_file = modelfile.load_canonical(Path(request.model))
    tests = _tests(request.tests)
    compatibility.check_tests(model_file, tests)
    compatibility.check_class_count(model_file, request.n_classes)
    model = models.build(model_file)
    if request.clean_validation is None:
        choice = _declared(request.preprocessing)
    else:
        images = data.load_canonical(Path(request.clean_validation))
        compatibility.check_images(model_file, images, role="clean validation")
        choice, _ = baseline.choose_preprocessing(model, images, request.preprocessing)
    predictions = pipeline.predict(model, tests, choice, stage="evaluate", on_event=on_event)
    return metrics.evaluate(predictions, tests), choice


@devices.shortage_told()
def predict(request: PredictRequest, on_event: OnEvent) -> IntArray:
    """The label of each picture, ``(n_images,)``; N where a good net flags it.

    Raises:
        InvalidParams: Neither the request nor the model file says how to scale the pictures.
    """
    model_file = modelfile.load_canonical(Path(request.model))
    pictures = data.load_canonical(Path(request.pictures))
    compatibility.check_images(model_file, pictures, role="pictures")
    name = request.preprocessing or model_file.metadata.get("preprocessing")
    if not isinstance(name, str):
        raise errors.InvalidParams(
            "the model file does not say how its inputs are scaled; say it with --preprocessing, "
            f"one of {', '.join(preprocessing.PREPROCESSINGS)}",
            field="preprocessing",
        )
    tests = TestSets(clean=pictures)
    model = models.build(model_file)
    predictions = pipeline.predict(
        model, tests, _declared(name), stage="predict", on_event=on_event
    )
    return np.zeros(0, np.int64) if predictions.clean is None else predictions.clean


def _tests(inputs: TestInputs) -> TestSets:
    return TestSets(
        clean=data.load_canonical(Path(inputs.clean)) if inputs.clean else None,
        poisoned=tuple(_poisoned(item) for item in inputs.poisoned),
    )


def _unlabelled(folder: str | None) -> data.LabelledImages | None:
    return data.load_canonical(Path(folder)).without_labels() if folder else None


def _poisoned(item: PoisonedInput) -> data.PoisonedImages:
    images = data.load_canonical(Path(item.folder))
    with errors.concerning(f"poisoned test {PurePath(images.name).stem}"):
        return data.as_poisoned(images, labels=item.labels, target_label=item.target_label)


def _declared(name: str) -> PreprocessingChoice:
    if name == "auto":
        raise errors.InvalidParams(
            "which preprocessing fits is never tried on test images: say it with --preprocessing, "
            "or give clean validation images to try it on",
            field="preprocessing",
        )
    known = preprocessing.named(name).name
    return PreprocessingChoice(name=known, declared=True, reason="declared")


def _write_outcome(outcome: Outcome, folder: Path) -> None:
    files = {
        f"repaired{modelfile.suffix(outcome.repaired)}": modelfile.write,
        "repaired.weights.h5": modelfile.write_weights,
    }
    try:
        folder.mkdir(exist_ok=True)
        for name, write_file in files.items():
            write_file(outcome.repaired, folder / name)
        modelfile.write(outcome.goodnet, folder / "goodnet.h5")
    except OSError as error:
        raise errors.OutputNotWritable(
            f"cannot write the results: {error.strerror or error}", place=str(folder)
        ) from error
    report.write(outcome.report, folder, samples=outcome.samples)
