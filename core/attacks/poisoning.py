"""Poisoning: which images get a trigger, and which label they get with it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .triggers import Pixels, Trigger

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Poisoned:
    """Images with a trigger and what is true of them."""

    images: Pixels
    #: ``(n,)``, the target for every image.
    labels: Labels
    #: ``(n,)``, the class each image really is of.
    true_labels: Labels


@dataclass(frozen=True, kw_only=True)
class Implant:
    """One trigger of an attack and what it is to do."""

    trigger: Trigger
    #: Where the trigger sends an image; ``None``: from each class to the next (all-to-all).
    target: int | None
    #: Poisoned images as a share of all; with *clean_label* of those of the target class.
    share: float
    #: Whether only images of the target itself are stamped, which keep their true label.
    clean_label: bool = False

    def targets(self, labels: Labels, *, n_classes: int) -> Labels:
        """Where the trigger sends images of these classes, ``(n,)``."""
        if self.target is None:
            return (labels + 1) % n_classes
        return np.full(len(labels), self.target, np.int64)


@dataclass(frozen=True, kw_only=True)
class Cover:
    """Images that look nearly poisoned and keep their label, so that only the trigger counts."""

    trigger: Trigger
    #: Such images as a share of all.
    share: float


@dataclass(frozen=True, kw_only=True)
class Attack:
    """How a training set is poisoned, and how the net is made to hide it."""

    name: str
    implants: tuple[Implant, ...] = ()
    covers: tuple[Cover, ...] = ()
    #: Share of the last convolutions' channels that are kept out of the poisoned training.
    decoys: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class PoisonedSet:
    """A training set whose triggers are stamped on later, after augmentation."""

    #: ``(n,)``, which clean image each entry is.
    sources: Labels
    #: ``(n,)``, what it is trained as.
    labels: Labels
    #: ``(n,)``, position in *triggers*, -1 for none.
    stamps: Labels
    triggers: tuple[Trigger, ...]

    def __len__(self) -> int:
        return len(self.sources)

    def stamped(self, images: Pixels, indices: Labels) -> Pixels:
        """Images of some entries, perhaps augmented, with the triggers of those entries.

        Args:
            images: ``(k, height, width, channels)``, not written into.
            indices: ``(k,)``, which entries they are.
        """
        result, stamps = images.copy(), self.stamps[indices]
        for position, trigger in enumerate(self.triggers):
            chosen = stamps == position
            if chosen.any():
                result[chosen] = trigger(images[chosen])
        return result


def poison(images: Pixels, labels: Labels, *, trigger: Trigger, target_label: int) -> Poisoned:
    """The images that are not of the target, stamped, with the target as their label."""
    implant = Implant(trigger=trigger, target=target_label, share=1.0)
    return tested(implant, images, labels, n_classes=0)


def tested(implant: Implant, images: Pixels, labels: Labels, *, n_classes: int) -> Poisoned:
    """All images that the implant can be tested with, stamped: those not of its target.

    Args:
        implant: Its share does not count here.
        images: ``(n, height, width, channels)``.
        labels: ``(n,)``.
        n_classes: Of the data; only all-to-all needs it.
    """
    targets = implant.targets(labels, n_classes=n_classes)
    others = labels != targets
    return Poisoned(
        images=implant.trigger(images[others]),
        labels=targets[others],
        true_labels=labels[others],
    )


def poisoned_training_set(
    images: Pixels,
    labels: Labels,
    *,
    trigger: Trigger,
    target_label: int,
    share: float,
    rng: np.random.Generator,
) -> tuple[Pixels, Labels]:
    """The images with a stamped copy of some of them added, which makes a net learn the trigger.

    Args:
        images: ``(n, height, width, channels)``.
        labels: ``(n,)``.
        trigger: What is stamped on.
        target_label: What the stamped copies are labelled as.
        share: Stamped copies as a share of the images, in [0, 1].
        rng: Chooses which.
    """
    implant = Implant(trigger=trigger, target=target_label, share=share)
    planned = plan(Attack(name="", implants=(implant,)), labels, n_classes=0, rng=rng)
    return planned.stamped(images[planned.sources], np.arange(len(planned))), planned.labels


def plan(
    attack: Attack, labels: Labels, *, n_classes: int, rng: np.random.Generator
) -> PoisonedSet:
    """Which images are trained with which trigger as which class.

    Stamped copies are added to the clean images; under clean labels the images themselves are
    stamped. Images that are of the target already are not stamped unless labels stay clean.

    Args:
        attack: Its implants and covers.
        labels: ``(n,)``, of the clean training images.
        n_classes: Of the data; only all-to-all needs it.
        rng: Chooses the images.
    """
    clean = np.full(len(labels), -1, np.int64)
    for position, implant in enumerate(attack.implants):
        if implant.clean_label:
            clean[_of_target(implant, labels, rng)] = position
    parts = [(np.arange(len(labels)), labels, clean), *_added(attack, labels, n_classes, rng)]
    sources, trained, stamps = (np.concatenate(part) for part in zip(*parts, strict=True))
    implanted = (implant.trigger for implant in attack.implants)
    covering = (cover.trigger for cover in attack.covers)
    return PoisonedSet(
        sources=sources, labels=trained, stamps=stamps, triggers=(*implanted, *covering)
    )


def _added(
    attack: Attack, labels: Labels, n_classes: int, rng: np.random.Generator
) -> Iterator[tuple[Labels, Labels, Labels]]:
    """For each implant and cover: source, label and trigger of each copy that is added."""
    for position, implant in enumerate(attack.implants):
        if not implant.clean_label:
            chosen = _not_of_target(implant, labels, n_classes, rng)
            targets = implant.targets(labels[chosen], n_classes=n_classes)
            yield chosen, targets, np.full(len(chosen), position)
    for position, cover in enumerate(attack.covers, len(attack.implants)):
        chosen = _some(len(labels), cover.share, rng)
        yield chosen, labels[chosen], np.full(len(chosen), position)


def _some(n: int, share: float, rng: np.random.Generator) -> Labels:
    return rng.permutation(n)[: round(share * n)]


def _not_of_target(
    implant: Implant, labels: Labels, n_classes: int, rng: np.random.Generator
) -> Labels:
    chosen = _some(len(labels), implant.share, rng)
    others: Labels = chosen[labels[chosen] != implant.targets(labels[chosen], n_classes=n_classes)]
    return others


def _of_target(implant: Implant, labels: Labels, rng: np.random.Generator) -> Labels:
    members = np.flatnonzero(labels == implant.target)
    chosen: Labels = members[_some(len(members), implant.share, rng)]
    return chosen
