"""What an N+1 model does, from one pass of the test images through the model of its file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

from .. import data, devices, metrics, statistics
from ..metrics import FloatArray, IntArray
from ..preprocessing import Preprocessing
from ..results import GoodNetResult, Rate, RocCurve
from . import joining, margins, roc
from .margins import MarginArray
from .rules import Rule

#: Images to labels of the N+1 model, and probabilities of the bad and of the repaired one.
_Forward = Callable[[FloatArray], Iterator[tuple[IntArray, FloatArray, FloatArray]]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What an N+1 model, and the bad model in it, say to a set of images."""

    #: ``(n_images,)``, 0..N.
    labels: IntArray
    #: ``(n_images,)``, 0..N-1: what the bad model answers.
    answers: IntArray
    #: ``(n_images,)``, as of `margins.of_disagreements`.
    margins: MarginArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Watched:
    """The same for all test sets."""

    #: ``None`` without a clean set.
    clean: Seen | None
    poisoned: tuple[Seen, ...]

    @property
    def predictions(self) -> metrics.Predictions:
        """The labels alone."""
        return metrics.Predictions(
            clean=None if self.clean is None else self.clean.labels,
            poisoned=tuple(seen.labels for seen in self.poisoned),
        )


def watch(
    model: keras.Model,
    tests: metrics.TestSets,
    preprocessing: Preprocessing,
    *,
    on_batch: metrics.OnBatch,
) -> Watched:
    """Send all test images through an N+1 model once.

    Args:
        model: Built from the file that `join` made.
        tests: Images of the shape that it takes.
        preprocessing: How stored pixels become what it takes.
        on_batch: Called after each batch.
    """
    forward = _compiled(model)

    def seen(images: data.LabelledImages) -> Seen:
        return _seen(forward, metrics.batches(images, preprocessing), on_batch)

    return Watched(
        clean=None if tests.clean is None else seen(tests.clean),
        poisoned=tuple(seen(item.images) for item in tests.poisoned),
    )


def evaluate(
    watched: Watched,
    tests: metrics.TestSets,
    rule: Rule,
    *,
    class_index: int,
    targets: Sequence[int] = (),
) -> GoodNetResult:
    """What the N+1 model does, from the labels that it gave itself.

    Args:
        watched: What `watch` saw.
        tests: The images.
        rule: As built into the model.
        class_index: N.
        targets: Classes that look like targets, for the score that goes by them.
    """
    clean = watched.predictions.clean
    return GoodNetResult(
        class_index=class_index,
        rule=rule.name,
        threshold=rule.threshold,
        declared_false_positive_rate=rule.false_positive_rate,
        clean_accuracy=None if clean is None else metrics.clean_accuracy(clean, tests),
        false_positive_rate=(
            None if clean is None else statistics.attack_rate(clean == class_index)
        ),
        detection_rate={
            item.name: _detection_rate(item, seen.labels, class_index)
            for item, seen in zip(tests.poisoned, watched.poisoned, strict=True)
        },
        targets=rule.targets,
        select_false_positive_rate=rule.select_rate,
        largest_false_positive_rate=rule.bound,
        curves=tuple(_curves(watched, tests, rule.targets or tuple(targets))),
    )


def _detection_rate(item: data.PoisonedImages, labels: IntArray, class_index: int) -> Rate | None:
    return statistics.attack_rate((labels == class_index)[metrics.attackable(item)])


def _curves(
    watched: Watched, tests: metrics.TestSets, targets: Sequence[int]
) -> Iterator[RocCurve]:
    clean = watched.clean
    if clean is None:
        return
    for item, seen in zip(tests.poisoned, watched.poisoned, strict=True):
        counted = metrics.attackable(item)
        if not counted.any():
            continue
        yield roc.curve(item.name, "general", seen.margins[counted], clean.margins)
        if targets:
            poisoned = margins.at_targets(seen.margins, seen.answers, targets)[counted]
            others = margins.at_targets(clean.margins, clean.answers, targets)
            yield roc.curve(item.name, "target-aware", poisoned, others)


def _compiled(model: keras.Model) -> _Forward:
    inside = keras.Model(
        model.input,
        [
            model.output,
            model.get_layer(joining.SCALED_BAD).input,
            model.get_layer(joining.SCALED_GOOD).input,
        ],
    )

    @tf.function(input_signature=[metrics.image_signature(model)])
    def answers(images: Any) -> Any:
        scores, bad, good = inside(images, training=False)
        return tf.argmax(scores, axis=-1), bad, good

    return devices.Frugal(lambda images: tuple(part.numpy() for part in answers(images)))


def _seen(forward: _Forward, batches: Iterator[FloatArray], on_batch: metrics.OnBatch) -> Seen:
    labels, answers, found = [], [], []
    for batch in batches:
        for given, bad, good in forward(batch):
            labels.append(given)
            answers.append(bad.argmax(axis=1))
            found.append(margins.of_disagreements(bad, good))
        on_batch(len(batch))
    return Seen(
        labels=np.concatenate(labels),
        answers=np.concatenate(answers),
        margins=np.concatenate(found),
    )
