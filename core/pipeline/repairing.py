"""A repair from beginning to end, once for each accuracy budget."""

import dataclasses
import time

import tensorflow as tf
import tf_keras as keras

from .. import catalogue, compatibility, gallery, goodnet, methods, metrics, models
from ..finetuning import OnEvent
from ..modelfile import ModelFile
from ..requests import RepairOptions
from . import evidence, packaging, reporting
from .measuring import Baseline, measure
from .values import Outcome, Subject


def repair_model(subject: Subject, options: RepairOptions, on_event: OnEvent) -> dict[str, Outcome]:
    """Repair a model once for each accuracy budget.

    Args:
        subject: The model and the images; stays as it is.
        options: How to repair.
        on_event: Told of progress.

    Returns:
        Name of the budget, ``drop-0.02`` and so on, to what came of it, in the order of options.

    Raises:
        InvalidInput: The images do not go with the model, or an option does not fit.
        RepairFailed: The repair did not come to an end.
    """
    options.check()  # a wrong one is told before any work
    catalogue.parse(options.method, options.params)
    goodnet.check_targets(options.goodnet, subject.model_file.n_classes)
    validation, role = subject.clean_validation, compatibility.CLEAN_VALIDATION
    compatibility.check_images(subject.model_file, validation, role=role)
    compatibility.check_can_be_split(validation)
    compatibility.check_unlabelled(subject.model_file, subject.unlabelled)
    compatibility.check_tests(subject.model_file, subject.tests)
    compatibility.check_class_count(subject.model_file, options.n_classes)
    make_repeatable(options.seed)
    start = measure(subject, options, on_event)
    n_budgets = len(options.max_accuracy_drops)
    return {
        f"drop-{budget:g}": _outcome(start.at_budget(number, n_budgets), budget)
        for number, budget in enumerate(options.max_accuracy_drops, 1)
    }


def make_repeatable(seed: int) -> None:
    """Same seed, same weights: seeds all generators and asks TensorFlow for one order of sums."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def _outcome(start: Baseline, max_accuracy_drop: float) -> Outcome:
    began = time.monotonic()
    repair, predictions = _repaired(start, max_accuracy_drop)
    repaired = _captured(start, repair)
    facts = reporting.Facts(
        repair=repair,
        predictions=predictions,
        reactivation=evidence.reactivation(start, repair, predictions),
        traces=evidence.traces(start, repair),
        seeds=evidence.seeds(
            start,
            reporting.seed_result(start, repair, predictions),
            lambda other: reporting.seed_result(other, *_repaired(other, max_accuracy_drop)),
        ),
        joined=packaging.join(start, repair, repaired),
    )
    report = reporting.report(start, facts)
    return Outcome(
        report=dataclasses.replace(report, seconds=round(time.monotonic() - began, 3)),
        model=repair.model,
        repaired=repaired,
        goodnet=facts.joined.model_file,
        samples=gallery.samples(
            start.subject.tests, start.predictions, predictions, facts.joined.predictions
        ),
    )


def _repaired(
    start: Baseline, max_accuracy_drop: float
) -> tuple[methods.Repair, metrics.Predictions]:
    """What the method makes of the model, and what that says to the test images."""
    options = start.options
    # Afresh for each repair, so that none depends on what was done before it.
    make_repeatable(options.seed)
    repair = methods.METHODS[options.method](
        start.model,
        start.validation,
        params=start.params,
        max_accuracy_drop=max_accuracy_drop,
        execution=methods.Execution(seed=options.seed, on_event=start.on_event),
    )
    return repair, start.predict(repair.model, "evaluate")


def _captured(start: Baseline, repair: methods.Repair) -> ModelFile:
    model_file = start.subject.model_file
    return model_file if repair.is_unchanged else models.captured(model_file, repair.model)
