"""What we do to a model: check, choose the preprocessing, measure, repair, measure again."""

import dataclasses
import time
from dataclasses import dataclass

import tensorflow as tf
import tf_keras as keras

from . import (
    baseline,
    catalogue,
    compatibility,
    data,
    devices,
    errors,
    gallery,
    goodnet,
    methods,
    metrics,
    models,
    preprocessing,
    provenance,
    report,
    statistics,
    verdict,
)
from .finetuning import OnEvent
from .modelfile import ModelFile
from .report import Sample
from .requests import RepairOptions
from .results import (
    Evaluation,
    Event,
    GoodNetResult,
    PairedChange,
    PreprocessingChoice,
    RepairReport,
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A model and the images it is repaired and measured with."""

    model_file: ModelFile
    clean_validation: data.LabelledImages
    tests: metrics.TestSets


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one repair leaves behind."""

    report: RepairReport
    model: keras.Model
    repaired: ModelFile
    goodnet: ModelFile
    samples: tuple[Sample, ...]


@dataclass(frozen=True, kw_only=True)
class _Baseline:
    """The model as it came, all that is known of it before the repair, and what is asked."""

    subject: Subject
    options: RepairOptions
    params: catalogue.Params
    on_event: OnEvent
    model: keras.Model
    validation: methods.Validation
    predictions: metrics.Predictions
    evaluation: Evaluation
    choice: PreprocessingChoice
    warnings: tuple[str, ...]

    def at_budget(self, number: int, n_budgets: int) -> "_Baseline":
        """The same, whose events say which of several budgets is worked on, counted from 1."""
        if n_budgets == 1:
            return self

        def on_event(event: Event) -> None:
            self.on_event(dataclasses.replace(event, budget=number, n_budgets=n_budgets))

        return dataclasses.replace(self, on_event=on_event)

    def predict(self, model: keras.Model, stage: str) -> metrics.Predictions:
        """The labels that another model of the same inputs gives to the test images."""
        tests = self.subject.tests
        return predict(model, tests, self.choice, stage=stage, on_event=self.on_event)


@dataclass(frozen=True, kw_only=True)
class _Joined:
    """The N+1 model of a repair, and what it does."""

    model_file: ModelFile
    predictions: metrics.Predictions
    result: GoodNetResult


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
    validation, role = subject.clean_validation, compatibility.CLEAN_VALIDATION
    compatibility.check_images(subject.model_file, validation, role=role)
    compatibility.check_can_be_split(validation)
    compatibility.check_tests(subject.model_file, subject.tests)
    compatibility.check_class_count(subject.model_file, options.n_classes)
    make_repeatable(options.seed)
    start = _measure(subject, options, on_event)
    n_budgets = len(options.max_accuracy_drops)
    return {
        f"drop-{budget:g}": _repair(start.at_budget(number, n_budgets), budget)
        for number, budget in enumerate(options.max_accuracy_drops, 1)
    }


def predict(
    model: keras.Model,
    tests: metrics.TestSets,
    choice: PreprocessingChoice,
    *,
    stage: str,
    on_event: OnEvent,
) -> metrics.Predictions:
    """The labels that a model gives to the test images, with an event after each batch."""
    seen, total = 0, tests.n_images

    def on_batch(count: int) -> None:
        nonlocal seen
        seen += count
        on_event(Event(stage=stage, current=seen, total=total))

    return metrics.predict(model, tests, preprocessing.named(choice.name), on_batch=on_batch)


def make_repeatable(seed: int) -> None:
    """Same seed, same weights: seeds all generators and asks TensorFlow for one order of sums."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def _measure(subject: Subject, options: RepairOptions, on_event: OnEvent) -> _Baseline:
    model = models.build(subject.model_file)
    images = subject.clean_validation
    missing = devices.warnings(wants_gpu=options.wants_gpu)
    for warning in missing:
        on_event(Event(stage="load", message=warning))
    on_event(Event(stage="baseline", message="trying the preprocessings on clean validation"))
    with errors.concerning(compatibility.CLEAN_VALIDATION):
        choice, warnings = baseline.choose_preprocessing(model, images, options.preprocessing)
    on_event(Event(stage="baseline", message=f"preprocessing {choice.name}: {choice.reason}"))
    predictions = predict(model, subject.tests, choice, stage="baseline", on_event=on_event)
    split = data.split(images.labels, seed=options.seed)
    return _Baseline(
        subject=subject,
        options=options,
        params=catalogue.parse(options.method, options.params),
        on_event=on_event,
        model=model,
        validation=methods.Validation(
            tune=images.only(split.tune),
            select=images.only(split.select),
            preprocessing=preprocessing.named(choice.name),
        ),
        predictions=predictions,
        evaluation=metrics.evaluate(predictions, subject.tests),
        choice=choice,
        warnings=(
            *missing,
            *subject.model_file.warnings,
            *warnings,
            *baseline.coverage_warnings(images, subject.model_file.n_classes),
            *compatibility.warnings(images, subject.tests),
        ),
    )


def _repair(start: _Baseline, max_accuracy_drop: float) -> Outcome:
    began, options = time.monotonic(), start.options
    repair = methods.METHODS[options.method](
        start.model,
        start.validation,
        params=start.params,
        max_accuracy_drop=max_accuracy_drop,
        execution=methods.Execution(seed=options.seed, on_event=start.on_event),
    )
    predictions = start.predict(repair.model, "evaluate")
    repaired = models.captured(start.subject.model_file, repair.model)
    joined = _join(start, repair.model, repaired)
    report_ = _report(start, repair, predictions, joined=joined.result)
    return Outcome(
        report=dataclasses.replace(report_, seconds=round(time.monotonic() - began, 3)),
        model=repair.model,
        repaired=repaired,
        goodnet=joined.model_file,
        samples=gallery.samples(
            start.subject.tests, start.predictions, predictions, joined.predictions
        ),
    )


def _join(start: _Baseline, repaired_model: keras.Model, repaired: ModelFile) -> _Joined:
    select, how = start.validation.select, start.validation.preprocessing
    rule = goodnet.choose_rule(
        start.model, repaired_model, select, how, options=start.options.goodnet
    )
    model_file = goodnet.join(
        start.subject.model_file, repaired, rule, metadata={"preprocessing": how.name}
    )
    # The file's own model is measured, not a formula that should come to the same.
    predictions = start.predict(models.build(model_file), "package")
    result = goodnet.evaluate(
        predictions, start.subject.tests, rule, class_index=repaired.n_classes
    )
    return _Joined(model_file=model_file, predictions=predictions, result=result)


def _report(
    start: _Baseline,
    repair: methods.Repair,
    predictions: metrics.Predictions,
    *,
    joined: GoodNetResult,
) -> RepairReport:
    subject, options = start.subject, start.options
    after = metrics.evaluate(predictions, subject.tests)
    change = _change(subject.tests, start.predictions, predictions)
    word, reasons = verdict.judge(
        start.evaluation, after, change, max_accuracy_drop=repair.selection.max_accuracy_drop
    )
    return RepairReport(
        verdict=word,
        verdict_reasons=reasons,
        method=options.method,
        params=catalogue.as_dict(start.params),
        seed=options.seed,
        selection=repair.selection,
        preprocessing=start.choice,
        inputs=provenance.inputs(subject.model_file, subject.clean_validation, subject.tests),
        versions=provenance.versions(),
        command=options.command,
        seconds=0.0,
        before=start.evaluation,
        after=after,
        clean_accuracy_change=change,
        goodnet=joined,
        pruning_curve=repair.pruning_curve,
        training_curve=repair.training_curve,
        gate=verdict.check_gate(options.gate, after, change) if options.gate else None,
        warnings=(*start.warnings, *repair.warnings),
        caveat=report.CAVEAT,
        device=devices.in_use(),
    )


def _change(
    tests: metrics.TestSets, before: metrics.Predictions, after: metrics.Predictions
) -> PairedChange | None:
    if tests.clean is None or before.clean is None or after.clean is None:
        return None
    truth = tests.clean.labels
    return statistics.paired_change(before.clean == truth, after.clean == truth)
