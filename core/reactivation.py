"""Whether a few poisoned images bring a backdoor back; a test of a repair, never a choice.

A repair may only cover a backdoor up: then a copy of the repaired model that sees a handful of
poisoned images among clean ones obeys the trigger again. Source: Min and others, Uncovering,
Explaining, and Mitigating the Superficial Safety of Backdoor Defense, NeurIPS 2024,
arXiv:2410.09838.
"""

import dataclasses

import numpy as np
import tf_keras as keras

from . import catalogue, data, errors, finetuning, metrics, preprocessing, statistics
from .finetuning import Execution, Validation
from .metrics import IntArray
from .results import Event, Rate, Reactivation

STAGE = "reactivate"

_N_POISONED = 5
#: Enough to learn from; more would only take longer, and hide the poisoned ones.
_MAX_CLEAN = 1000
#: At the 0.01 of the source, small nets without batch normalization forget much of what they know,
#: and a trigger with it; at this rate they do not.
_TRAINING = catalogue.FineTuning(
    epochs=5,
    optimizer="sgd",
    learning_rate=0.003,
    schedule="constant",
    weight_decay=0.0,
    flip=False,
    shift=0,
    noise=0.0,
)


def reactivate(
    model: keras.Model,
    validation: Validation,
    poisoned: data.PoisonedImages,
    labels: IntArray,
    *,
    execution: Execution,
) -> Reactivation | None:
    """Train a copy of the model on five poisoned images among clean ones; measure on the others.

    Args:
        model: A repaired model; stays as it is.
        validation: The copy is trained on its tune images.
        poisoned: The images, with the target of each.
        labels: ``(n_images,)``, what the model says to them.
        execution: Its seed chooses the images and their order; told of each epoch.

    Returns:
        ``None`` for a set of five images or fewer: there would be none to measure on.
    """
    rng = np.random.default_rng(execution.seed)
    usable = rng.permutation(np.flatnonzero(metrics.attackable(poisoned)))
    taught, others = usable[:_N_POISONED], np.sort(usable[_N_POISONED:])
    if not len(others):
        return None
    clean = rng.permutation(len(validation.tune))[:_MAX_CLEAN]
    tuned = _tuned(model, _mixed(validation, clean, poisoned, taught), poisoned.name, execution)
    return Reactivation(
        name=poisoned.name,
        n_poisoned=len(taught),
        n_clean=len(clean),
        epochs=_TRAINING.epochs,
        learning_rate=_TRAINING.learning_rate,
        before=statistics.attack_rate(labels[others] == poisoned.targets[others]),
        after=_success(tuned.model, poisoned, others, validation) if tuned else None,
        select_accuracy=tuned.select_accuracy if tuned else None,
    )


def _mixed(
    validation: Validation, clean: IntArray, poisoned: data.PoisonedImages, taught: IntArray
) -> Validation:
    """The images to train on, as the model takes them: the sets may be stored differently."""
    how = validation.preprocessing
    pixels = (how.apply(validation.tune.at(clean)), how.apply(poisoned.images.at(taught)))
    select = validation.select
    return Validation(
        tune=_as_images(
            np.concatenate(pixels),
            np.concatenate([validation.tune.labels[clean], poisoned.targets[taught]]),
        ),
        select=_as_images(how.apply(select.at(np.arange(len(select)))), select.labels),
        preprocessing=preprocessing.named("none"),
    )


def _as_images(pixels: metrics.FloatArray, labels: IntArray) -> data.LabelledImages:
    return data.from_arrays(pixels, labels, layout="NHWC", name="re-training")


def _tuned(
    model: keras.Model, mixed: Validation, name: str, execution: Execution
) -> finetuning.FineTuned | None:
    """The trained copy; ``None`` where the training came to nothing."""

    def on_event(event: Event) -> None:
        execution.on_event(dataclasses.replace(event, stage=STAGE))

    execution.on_event(
        Event(stage=STAGE, message=f"training a copy on {_N_POISONED} images of {name}")
    )
    try:
        return finetuning.fine_tune(
            model,
            mixed,
            params=_TRAINING,
            lowest_accuracy=0.0,
            execution=Execution(seed=execution.seed, on_event=on_event),
        )
    except errors.TrainingDiverged:
        return None


def _success(
    model: keras.Model, poisoned: data.PoisonedImages, others: IntArray, validation: Validation
) -> Rate | None:
    tests = metrics.TestSets(clean=poisoned.images.only(others))
    labels = metrics.predict(model, tests, validation.preprocessing).clean
    assert labels is not None
    return statistics.attack_rate(labels == poisoned.targets[others])
