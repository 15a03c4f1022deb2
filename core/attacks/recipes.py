"""The attacks of the benchmark, by name: strengths fixed beforehand, targets drawn by a seed."""

from collections.abc import Callable, Mapping

import numpy as np

from .poisoning import Attack, Cover, Implant
from .triggers import (
    Blended,
    Checkerboard,
    JitteredWarp,
    LowFrequency,
    NoisePatch,
    Sinusoid,
    Trigger,
    Warp,
)

#: Stamped copies as a share of the clean images.
_SHARE = 0.1


def recipe(name: str, *, seed: int, n_classes: int) -> Attack:
    """An attack of the benchmark.

    Args:
        name: One of `NAMES`.
        seed: Draws the target classes, and the pattern where the trigger has one.
        n_classes: Of the data.
    """
    return _RECIPES[name](seed, n_classes)


def _benign(_seed: int, _n_classes: int) -> Attack:
    return Attack(name="benign")


def _badnets(seed: int, n_classes: int) -> Attack:
    return _single("badnets", Checkerboard(), seed, n_classes)


def _blended(seed: int, n_classes: int) -> Attack:
    return _single("blended", Blended(seed=seed), seed, n_classes)


def _sig(seed: int, n_classes: int) -> Attack:
    (target,) = _targets("sig", 1, seed, n_classes)
    implant = Implant(trigger=Sinusoid(), target=target, share=0.5, clean_label=True)
    return Attack(name="sig", implants=(implant,))


def _wanet(seed: int, n_classes: int) -> Attack:
    # Stronger and more often than in the source: few images do not teach a net less than this.
    warp = Warp(strength=3, seed=seed)
    (target,) = _targets("wanet", 1, seed, n_classes)
    return Attack(
        name="wanet",
        implants=(Implant(trigger=warp, target=target, share=2 * _SHARE),),
        covers=(Cover(trigger=JitteredWarp(warp=warp, jitter=1), share=2 * _SHARE),),
    )


def _low_frequency(seed: int, n_classes: int) -> Attack:
    return _single("low-frequency", LowFrequency(seed=seed), seed, n_classes)


def _multi(seed: int, n_classes: int) -> Attack:
    triggers: tuple[Trigger, ...] = (
        Checkerboard(corner="upper left", light=(0, 255, 255), dark=(255, 0, 0)),
        Checkerboard(corner="lower left", size=4, light=(255, 255, 0), dark=(255, 255, 0)),
        NoisePatch(corner="upper right", seed=seed),
    )
    targets = _targets("multi", len(triggers), seed, n_classes)
    return Attack(
        name="multi",
        implants=tuple(
            Implant(trigger=trigger, target=target, share=_SHARE / 2)
            for trigger, target in zip(triggers, targets, strict=True)
        ),
    )


def _all_to_all(_seed: int, _n_classes: int) -> Attack:
    # Each class needs to learn its own next one, which takes more than one target does.
    implant = Implant(trigger=Checkerboard(), target=None, share=3 * _SHARE)
    return Attack(name="all-to-all", implants=(implant,))


def _pruning_aware(seed: int, n_classes: int) -> Attack:
    attack = _single("pruning-aware", Checkerboard(), seed, n_classes)
    return Attack(name="pruning-aware", implants=attack.implants, decoys=0.5)


def _single(name: str, trigger: Trigger, seed: int, n_classes: int) -> Attack:
    (target,) = _targets(name, 1, seed, n_classes)
    return Attack(name=name, implants=(Implant(trigger=trigger, target=target, share=_SHARE),))


def _targets(name: str, count: int, seed: int, n_classes: int) -> list[int]:
    """Different classes; attacks of the same seed have targets of their own."""
    rng = np.random.default_rng([seed, *name.encode()])
    return [int(label) for label in rng.permutation(n_classes)[:count]]


_RECIPES: Mapping[str, Callable[[int, int], Attack]] = {
    "benign": _benign,
    "badnets": _badnets,
    "blended": _blended,
    "sig": _sig,
    "wanet": _wanet,
    "low-frequency": _low_frequency,
    "multi": _multi,
    "all-to-all": _all_to_all,
    "pruning-aware": _pruning_aware,
}
#: In the order of the tables.
NAMES = tuple(_RECIPES)
