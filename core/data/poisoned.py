"""Poisoned images: what their labels mean, and where the trigger sends them."""

import typing
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import numpy as np

from .. import errors
from .images import LabelArray, LabelledImages

#: ``target``: the label is where the trigger sends the image; ``original``: what it really shows.
LabelMeaning = Literal["auto", "target", "original"]


@dataclass(frozen=True, kw_only=True, eq=False)
class PoisonedImages:
    """Images with a trigger."""

    images: LabelledImages
    #: ``(n_images,)``: where the trigger sends each.
    targets: LabelArray
    #: ``(n_images,)``: what each really shows; ``None`` where that is not known.
    true_labels: LabelArray | None
    #: The one target of all images; ``None`` where each has its own.
    target_label: int | None

    @property
    def name(self) -> str:
        """Name of the attack: that of the file, without its ending."""
        return PurePath(self.images.name).stem


def as_poisoned(
    images: LabelledImages, *, labels: LabelMeaning = "auto", target_label: int | None = None
) -> PoisonedImages:
    """A data set as poisoned images.

    Args:
        images: Any labelled images.
        labels: What the labels of the set mean. ``auto`` takes them for targets where the set has
            true labels too, or where all labels are the same.
        target_label: Where the trigger sends the images; needed when the labels are ``original``.

    Raises:
        InvalidDataset: What the labels mean cannot be told, or they contradict `target_label`.
        InvalidParams: `target_label` is missing or negative, or `labels` is none of the three.
    """
    if labels not in typing.get_args(LabelMeaning):
        raise errors.InvalidParams(
            f"poisoned labels mean auto, target or original, not {labels!r}",
            field="labels", received=labels, expected=list(typing.get_args(LabelMeaning)),
        )  # fmt: skip
    if target_label is not None and target_label < 0:
        raise errors.InvalidParams(
            f"the target label must be a class, 0 or more, not {target_label}",
            field="target_label", received=target_label, expected="0 or more",
        )  # fmt: skip
    if labels == "original":
        return _with_original_labels(images, target_label)
    if labels == "auto" and images.true_labels is None and _common(images.labels) is None:
        raise _ambiguous(images)
    return _with_target_labels(images, target_label)


def _with_original_labels(images: LabelledImages, target_label: int | None) -> PoisonedImages:
    if target_label is None:
        raise errors.InvalidParams(
            f"{images.name}: its labels are said to be the original ones; "
            "say the target label too, where the trigger sends the images",
            field="target_label", expected="a class",
        )  # fmt: skip
    return PoisonedImages(
        images=images,
        targets=np.full(len(images), target_label, np.int64),
        true_labels=images.labels,
        target_label=target_label,
    )


def _with_target_labels(images: LabelledImages, target_label: int | None) -> PoisonedImages:
    if target_label is not None and (images.labels != target_label).any():
        raise errors.InvalidDataset(
            f"{images.name}: its labels are taken for targets, and not all are {target_label}; "
            "leave the target label out, or say that the labels are the original ones",
            field="labels", expected=target_label, received=np.unique(images.labels)[:8].tolist(),
        )  # fmt: skip
    return PoisonedImages(
        images=images,
        targets=images.labels,
        true_labels=images.true_labels,
        target_label=_common(images.labels),
    )


def _common(labels: LabelArray) -> int | None:
    return int(labels[0]) if (labels == labels[0]).all() else None


def _ambiguous(images: LabelledImages) -> errors.InvalidDataset:
    return errors.InvalidDataset(
        f"{images.name}: it cannot be told whether its labels are where the trigger sends the "
        "images (say labels 'target') or what they really show (say labels 'original', "
        "and the target label)",
        field="labels", expected=["target", "original"],
        received=np.unique(images.labels)[:8].tolist(),
    )  # fmt: skip
