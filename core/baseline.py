"""Which preprocessing the model was made for, and whether the model works at all."""

from collections.abc import Mapping

import numpy as np
import tf_keras as keras

from . import data, errors, metrics, preprocessing, statistics
from .percentages import percent
from .results import PreprocessingChoice

#: Enough images to tell preprocessings apart; more only take longer.
_MAX_IMAGES = 512
_AUTO = "auto"


def choose_preprocessing(
    model: keras.Model, images: data.LabelledImages, declared: str
) -> tuple[PreprocessingChoice, tuple[str, ...]]:
    """The preprocessing to use, and warnings about it.

    Every candidate is tried on clean images; no test or poisoned image is looked at.

    Args:
        model: The model as it came.
        images: Clean images with their classes, at most `_MAX_IMAGES` of which are used.
        declared: A name of `preprocessing.PREPROCESSINGS`, or ``auto`` for the most accurate.

    Raises:
        InvalidParams: There is no such preprocessing.
        BaselineAtChance: The model is at chance under the preprocessing; names what would fit.
    """
    if declared != _AUTO:
        preprocessing.named(declared)
    sample = images.only(images.evenly_spaced(_MAX_IMAGES))
    tried = _accuracies(model, sample)
    best = max(tried, key=lambda name: tried[name])
    chosen = best if declared == _AUTO else declared
    if _is_at_chance(tried[chosen], sample, model.output_shape[-1]):
        fits = not _is_at_chance(tried[best], sample, model.output_shape[-1])
        raise _at_chance(best if fits else None, tried, sample)
    reason = _reason(declared, chosen, tried, len(sample))
    choice = PreprocessingChoice(
        name=chosen, declared=declared != _AUTO, reason=reason, tried=tried
    )
    return choice, _warnings(chosen, best, tried, sample)


def coverage_warnings(images: data.LabelledImages, n_classes: int) -> tuple[str, ...]:
    """A warning where clean validation cannot show what a repair does to some of the classes."""
    seen = len(np.unique(images.labels))
    if seen == n_classes:
        return ()
    return (
        f"clean validation has images of {seen} of the model's {n_classes} classes; what the "
        f"repair does to the other {n_classes - seen} cannot be seen on it, and the accuracy "
        "budget does not protect them",
    )


def _accuracies(model: keras.Model, images: data.LabelledImages) -> dict[str, float]:
    forward = metrics.compiled(model)
    return {
        name: metrics.accuracy(forward, images, candidate)
        for name, candidate in preprocessing.PREPROCESSINGS.items()
        if candidate.fits(images.shape)
    }


def _chance(images: data.LabelledImages, n_classes: int) -> float:
    """What the better of two guesses reaches: any class, or always the most frequent one."""
    _, counts = np.unique(images.labels, return_counts=True)
    return max(1 / n_classes, float(counts.max()) / len(images)) if len(counts) > 1 else 0.0


def _is_at_chance(accuracy: float, images: data.LabelledImages, n_classes: int) -> bool:
    chance = _chance(images, n_classes)
    # Three times chance for many classes; for few, a quarter of the way from chance to perfect.
    limit = min(3 * chance, chance + (1 - chance) / 4)
    low, _ = statistics.wilson_interval(round(accuracy * len(images)), len(images))
    return low <= limit


def _at_chance(
    fitting: str | None, tried: Mapping[str, float], images: data.LabelledImages
) -> errors.BaselineAtChance:
    shown = ", ".join(f"{name} {percent(accuracy)}" for name, accuracy in tried.items())
    hint = (
        f"--preprocessing {fitting} would give {percent(tried[fitting])}"
        if fitting
        else "check that the images and the labels belong to this model"
    )
    return errors.BaselineAtChance(
        f"the model is at chance on the clean images: {shown} right of {len(images)}; {hint}",
        tried=dict(tried), hint=hint,
    )  # fmt: skip


def _reason(declared: str, chosen: str, tried: Mapping[str, float], n: int) -> str:
    if declared != _AUTO:
        return (
            f"declared; {percent(tried[chosen])} of {n} clean validation images are right with it"
        )
    return (
        f"{percent(tried[chosen])} of {n} clean validation images are right with {chosen}; "
        "none of the others gives more"
    )


def _warnings(
    chosen: str, best: str, tried: Mapping[str, float], images: data.LabelledImages
) -> tuple[str, ...]:
    _, high = statistics.wilson_interval(round(tried[chosen] * len(images)), len(images))
    if chosen == best or tried[best] <= high:
        return ()
    return (
        f"preprocessing {chosen} was declared and gives {percent(tried[chosen])}; "
        f"{best} would give {percent(tried[best])}",
    )
