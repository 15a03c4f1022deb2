"""The model as it came: how its inputs are scaled, what it does, and what is asked for."""

import dataclasses
from dataclasses import dataclass

import tf_keras as keras

from .. import (
    baseline,
    catalogue,
    compatibility,
    data,
    devices,
    errors,
    methods,
    metrics,
    models,
    preprocessing,
)
from ..finetuning import OnEvent
from ..requests import RepairOptions
from ..results import Evaluation, Event, PreprocessingChoice
from .values import Subject


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The model as it came, all that is known of it before the repair, and what is asked."""

    subject: Subject
    options: RepairOptions
    params: catalogue.Params
    on_event: OnEvent
    model: keras.Model
    #: Rows of the clean validation images.
    split: data.Split
    #: The same images, and how they are scaled.
    validation: methods.Validation
    predictions: metrics.Predictions
    evaluation: Evaluation
    choice: PreprocessingChoice
    warnings: tuple[str, ...]

    def at_budget(self, number: int, n_budgets: int) -> "Baseline":
        """The same, whose events say which of several budgets is worked on, counted from 1."""
        if n_budgets == 1:
            return self

        def on_event(event: Event) -> None:
            self.on_event(dataclasses.replace(event, budget=number, n_budgets=n_budgets))

        return dataclasses.replace(self, on_event=on_event)

    def with_seed(self, seed: int, on_event: OnEvent) -> "Baseline":
        """The same for a repair with another seed, which also splits the images another way."""
        split = _split(self.subject, seed)
        return dataclasses.replace(
            self,
            options=dataclasses.replace(self.options, seed=seed),
            split=split,
            validation=_validation(self.subject, self.choice, split),
            on_event=on_event,
        )

    def predict(self, model: keras.Model, stage: str) -> metrics.Predictions:
        """The labels that another model of the same inputs gives to the test images."""
        tests = self.subject.tests
        return predict(model, tests, self.choice, stage=stage, on_event=self.on_event)

    def counter(self, stage: str) -> metrics.OnBatch:
        """Tells how many of the test images a stage has behind it, a batch at a time."""
        return _counter(self.subject.tests, stage, self.on_event)


def measure(subject: Subject, options: RepairOptions, on_event: OnEvent) -> Baseline:
    """Build the model, find out how its inputs are scaled, and measure it."""
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
    split = _split(subject, options.seed)
    return Baseline(
        subject=subject,
        options=options,
        params=catalogue.parse(options.method, options.params),
        on_event=on_event,
        model=model,
        split=split,
        validation=_validation(subject, choice, split),
        predictions=predictions,
        evaluation=metrics.evaluate(predictions, subject.tests),
        choice=choice,
        warnings=(
            *missing,
            *subject.model_file.warnings,
            *warnings,
            *baseline.coverage_warnings(images, subject.model_file.n_classes),
            *compatibility.warnings(images, subject.tests, unlabelled=subject.unlabelled),
        ),
    )


def predict(
    model: keras.Model,
    tests: metrics.TestSets,
    choice: PreprocessingChoice,
    *,
    stage: str,
    on_event: OnEvent,
) -> metrics.Predictions:
    """The labels that a model gives to the test images, with an event after each batch."""
    on_batch = _counter(tests, stage, on_event)
    return metrics.predict(model, tests, preprocessing.named(choice.name), on_batch=on_batch)


def _counter(tests: metrics.TestSets, stage: str, on_event: OnEvent) -> metrics.OnBatch:
    seen, total = 0, tests.n_images

    def on_batch(count: int) -> None:
        nonlocal seen
        seen += count
        on_event(Event(stage=stage, current=seen, total=total))

    return on_batch


def _split(subject: Subject, seed: int) -> data.Split:
    return data.split(subject.clean_validation.labels, seed=seed)


def _validation(
    subject: Subject, choice: PreprocessingChoice, split: data.Split
) -> methods.Validation:
    images = subject.clean_validation
    return methods.Validation(
        tune=images.only(split.tune),
        select=images.only(split.select),
        preprocessing=preprocessing.named(choice.name),
        unlabelled=subject.unlabelled,
    )
