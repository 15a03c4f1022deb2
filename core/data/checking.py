"""Whether a data set and a model belong together."""

import numpy as np

from .. import errors
from . import layouts
from .images import LabelArray, LabelledImages
from .poisoned import PoisonedImages


def check_against(
    images: LabelledImages, *, input_shape: tuple[int, ...], n_classes: int, role: str
) -> None:
    """Raise where a model cannot take these images, or does not know their classes.

    Args:
        images: Any images; without labels (-1) only the shape is checked.
        input_shape: ``(height, width, channels)`` that the model takes.
        n_classes: Number of classes of the model.
        role: What the images are for, in words, for the message.

    Raises:
        WrongImageShape: The images have another shape; says what would fit.
        ClassCountMismatch: The data set names another number of classes.
        LabelOutOfRange: A label is not a class of the model.
    """
    _check_shape(images, input_shape, role)
    if images.class_names is not None and len(images.class_names) != n_classes:
        raise errors.ClassCountMismatch(
            f"{role}: {images.name} has {len(images.class_names)} classes, "
            f"and the model has {n_classes}",
            field=role, expected=n_classes, received=len(images.class_names),
        )  # fmt: skip
    _check_labels(images.labels, n_classes, f"{role}: {images.name}")
    if images.true_labels is not None:
        _check_labels(images.true_labels, n_classes, f"{role}: {images.name}, true labels")


def check_targets(poisoned: PoisonedImages, *, n_classes: int, role: str) -> None:
    """Raise where a trigger is said to send images to a class that the model does not have.

    Nothing would ever be found there, and the attack would look repaired.

    Args:
        poisoned: Any poisoned images.
        n_classes: Number of classes of the model.
        role: What the images are for, in words, for the message.

    Raises:
        LabelOutOfRange: A target is not a class of the model.
    """
    _check_labels(poisoned.targets, n_classes, f"{role}: target labels")


def _check_shape(images: LabelledImages, expected: tuple[int, ...], role: str) -> None:
    received = images.shape[1:]
    if received != expected:
        raise errors.WrongImageShape(
            f"{role}: {images.name} has images of {_words(received)}, "
            f"and the model takes {_words(expected)}{_hint(images, expected)}",
            field=role, expected=list(expected), received=list(received),
        )  # fmt: skip


def _hint(images: LabelledImages, expected: tuple[int, ...]) -> str:
    height, width, channels = images.shape[1:]
    if (width, height, channels) == expected:
        return "; height and width are swapped, so transposed images would fit"
    other = _other_layout(images)
    if other is not None and layouts.image_shape(_stored_shape(images), other)[1:] == expected:
        return f"; they would fit if they were read as {other}: say so with the layout"
    if (height, width) == expected[:2]:
        return "; only the number of channels differs"
    return ""


def _other_layout(images: LabelledImages) -> str | None:
    return {"NCHW": "NHWC", "NHWC": "NCHW"}.get(images.source.layout)


def _stored_shape(images: LabelledImages) -> tuple[int, ...]:
    n, height, width, channels = images.shape
    if images.source.layout == "NCHW":
        return (n, channels, height, width)
    return (n, height, width, channels)


def _check_labels(labels: LabelArray, n_classes: int, what: str) -> None:
    largest = int(labels.max(initial=-1))
    if largest >= n_classes:
        raise errors.LabelOutOfRange(
            f"{what}: label {largest} of image {int(np.argmax(labels))} is not a class of the "
            f"model, which has {n_classes} (0 to {n_classes - 1})",
            expected=f"0..{n_classes - 1}", received=largest,
        )  # fmt: skip


def _words(shape: tuple[int, ...]) -> str:
    height, width, channels = shape
    return f"{height} x {width} x {channels} (height, width, channels)"
