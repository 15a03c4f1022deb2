"""Clean accuracy, attack success, robust accuracy, per class: one pass over each set of images."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf
import tf_keras as keras

from . import data, devices, network, statistics
from .preprocessing import Preprocessing
from .results import AttackResult, Evaluation, Rate

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
#: Called with the number of images that one batch was long.
OnBatch = Callable[[int], None]
#: ``(batch, height, width, channels)`` float32 in, labels out; in one part, as a rule.
Forward = Callable[[FloatArray], Iterator[IntArray]]

#: Images in memory and on the device at a time; larger is no faster on a CPU.
BATCH_SIZE = 256


@dataclass(frozen=True, kw_only=True)
class TestSets:
    """What a model is measured on; a repair method never holds one."""

    #: Not a test class, whatever pytest thinks of the name.
    __test__ = False

    clean: data.LabelledImages | None
    poisoned: tuple[data.PoisonedImages, ...] = ()

    @property
    def n_images(self) -> int:
        """Images in all sets together."""
        n_clean = 0 if self.clean is None else len(self.clean)
        return n_clean + sum(len(item.images) for item in self.poisoned)


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """The label that a model gives to each test image; all figures come from these."""

    #: ``(n_clean,)``; ``None`` without a clean set.
    clean: IntArray | None
    #: ``(n_images,)`` for each poisoned set.
    poisoned: tuple[IntArray, ...]


def predict(
    model: keras.Model,
    tests: TestSets,
    preprocessing: Preprocessing,
    *,
    on_batch: OnBatch | None = None,
) -> Predictions:
    """The labels of all test images, each image seen once.

    Args:
        model: One output, a score for each class.
        tests: Sets of images of the shape that the model takes.
        preprocessing: How stored pixels become what the model takes.
        on_batch: Called after each batch.
    """
    forward = compiled(model)
    return Predictions(
        clean=(
            None if tests.clean is None else _labels(forward, tests.clean, preprocessing, on_batch)
        ),
        poisoned=tuple(
            _labels(forward, item.images, preprocessing, on_batch) for item in tests.poisoned
        ),
    )


def evaluate(predictions: Predictions, tests: TestSets) -> Evaluation:
    """All figures of a model, from its predictions; looks at no image again."""
    clean = predictions.clean
    return Evaluation(
        clean_accuracy=None if clean is None else clean_accuracy(clean, tests),
        per_class={} if clean is None else _per_class(clean, tests),
        attacks=tuple(
            attack_result(item, labels, tests, clean)
            for item, labels in zip(tests.poisoned, predictions.poisoned, strict=True)
        ),
    )


def clean_accuracy(labels: IntArray, tests: TestSets) -> Rate | None:
    """Share of clean images put in their class."""
    assert tests.clean is not None and labels.shape == (len(tests.clean),)
    return statistics.accuracy_rate(labels == tests.clean.labels)


def attack_result(
    poisoned: data.PoisonedImages, labels: IntArray, tests: TestSets, clean: IntArray | None
) -> AttackResult:
    """What one poisoned set does to a model.

    Args:
        poisoned: The set, with the target of each image.
        labels: ``(n_images,)``, what the model says to the set.
        tests: For the true classes of the clean images.
        clean: ``(n_clean,)``, what the model says to the clean images, for the floor.
    """
    assert labels.shape == (len(poisoned.images),)
    counted = attackable(poisoned)
    truth = poisoned.true_labels
    success = statistics.attack_rate((labels == poisoned.targets)[counted])
    floor = _floor(poisoned.target_label, tests, clean)
    return AttackResult(
        name=poisoned.name,
        target_label=poisoned.target_label,
        attack_success_rate=success,
        robust_accuracy=(
            None if truth is None else statistics.accuracy_rate((labels == truth)[counted])
        ),
        floor=floor,
        excess=statistics.excess(success, floor) if success and floor else None,
    )


def attackable(poisoned: data.PoisonedImages) -> npt.NDArray[np.bool_]:
    """``(n_images,)``: false where the image is truly of the target and cannot be fooled."""
    if poisoned.true_labels is None:
        return np.ones(len(poisoned.images), bool)
    return np.not_equal(poisoned.true_labels, poisoned.targets)


def accuracy(forward: Forward, images: data.LabelledImages, preprocessing: Preprocessing) -> float:
    """Share of images put in their class, in [0, 1].

    Args:
        forward: The model, from `compiled`; compile once, measure often.
        images: With their classes.
        preprocessing: How stored pixels become what the model takes.
    """
    return float(np.mean(_labels(forward, images, preprocessing, None) == images.labels))


def probability_batches(
    model: keras.Model, images: data.LabelledImages, preprocessing: Preprocessing
) -> Iterator[FloatArray]:
    """Class probabilities, ``(batch, n_classes)``, batch by batch in the order of the images."""
    scores, is_softmax = _forward(model), network.is_softmax(model)

    def probabilities(batch: FloatArray) -> FloatArray:
        values = scores(batch)
        return (values if is_softmax else tf.nn.softmax(values)).numpy()  # type: ignore[no-any-return]

    frugal = devices.Frugal(probabilities)
    for batch in batches(images, preprocessing):
        yield np.concatenate(list(frugal(batch)))


def batches(images: data.LabelledImages, preprocessing: Preprocessing) -> Iterator[FloatArray]:
    """The images as the model takes them, a batch at a time, in order."""
    return (preprocessing.apply(chunk) for chunk in images.chunks(BATCH_SIZE))


def compiled(model: keras.Model) -> Forward:
    """The model as one graph that gives labels; reads the weights afresh at each call.

    Once the memory of the GPU was not enough for a batch, it takes smaller parts of each.
    """
    scores = _forward(model)

    @tf.function(input_signature=[image_signature(model)])
    def labels(images: Any) -> Any:
        return tf.argmax(scores(images), axis=-1)

    return devices.Frugal(lambda images: labels(images).numpy())


def image_signature(model: keras.Model) -> tf.TensorSpec:
    """What a model takes, for batches of any length: a shorter last one does not trace again."""
    return tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)


def _forward(model: keras.Model) -> Callable[[Any], Any]:
    @tf.function(input_signature=[image_signature(model)])
    def scores(images: Any) -> Any:
        return model(images, training=False)

    return scores  # type: ignore[no-any-return]


def _labels(
    forward: Forward,
    images: data.LabelledImages,
    preprocessing: Preprocessing,
    on_batch: OnBatch | None,
) -> IntArray:
    parts: list[IntArray] = []
    for batch in batches(images, preprocessing):
        parts.extend(forward(batch))
        if on_batch:
            on_batch(len(batch))
    return np.concatenate(parts)


def _per_class(labels: IntArray, tests: TestSets) -> dict[str, Rate]:
    assert tests.clean is not None
    hits, truth = labels == tests.clean.labels, tests.clean.labels
    rates = {int(label): statistics.accuracy_rate(hits[truth == label]) for label in set(truth)}
    return {str(label): rate for label, rate in sorted(rates.items()) if rate}


def _floor(target: int | None, tests: TestSets, clean: IntArray | None) -> Rate | None:
    if clean is None or target is None:
        return None
    assert tests.clean is not None
    others = tests.clean.labels != target
    return statistics.attack_rate((clean == target)[others])
