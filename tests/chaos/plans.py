"""What is to happen, and when: all of it follows from a seed."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from . import chain
from .chain import Nature

Kind = Literal["scripted", "upload", "real"]

#: A job of each so many is canceled, half of them at about the time at which it ends.
_CANCELED_SHARE = 0.16
_UPLOAD_SHARE = 0.2
#: The last fault comes when this share of the time is over, so that there is work left for it.
_FAULTS_UNTIL = 0.95


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """When to cancel a job."""

    #: Seconds after it was submitted; ``None``: when it reports its last step.
    after_s: float | None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A job that somebody will ask for."""

    name: str
    kind: Kind
    #: Seconds after the beginning.
    at_s: float
    seed: int
    cancel: Cancel | None


@dataclass(frozen=True, kw_only=True)
class Strike:
    """A fault that is to happen."""

    fault: str
    #: Seconds after the beginning.
    at_s: float
    #: Chooses the victim.
    seed: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that is to happen to one combination."""

    wishes: tuple[Wish, ...]
    strikes: tuple[Strike, ...]


def draw(
    seed: str,
    *,
    n_jobs: int,
    n_real: int,
    seconds: float,
    weights: Mapping[str, int],
    n_faults: int,
) -> Plan:
    """The plan of a seed.

    Args:
        seed: The same seed and shape give the same plan.
        n_jobs: Jobs in all.
        n_real: How many of them load TensorFlow.
        seconds: The time over which they are asked for.
        weights: Fault to how often it comes, compared with the others.
        n_faults: Faults in all, cancels aside.
    """
    rng = random.Random(seed)
    n_uploads = round(_UPLOAD_SHARE * n_jobs)
    kinds: list[Kind] = ["upload"] * n_uploads + ["real"] * n_real
    kinds += ["scripted"] * (n_jobs - len(kinds))
    rng.shuffle(kinds)
    wishes = [
        _wish(rng, number, kind, seconds * number / n_jobs) for number, kind in enumerate(kinds)
    ]
    return Plan(
        wishes=tuple(wishes),
        strikes=tuple(_strikes(rng, weights, n_faults, _FAULTS_UNTIL * seconds)),
    )


def _wish(rng: random.Random, number: int, kind: Kind, at_s: float) -> Wish:
    seed = rng.randrange(2**31)
    is_stubborn = kind == "scripted" and chain.nature(seed) is Nature.STUBBORN
    is_canceled = is_stubborn or (kind != "real" and rng.random() < _CANCELED_SHARE)
    after_s = rng.choice([None, None, 0.0, rng.uniform(0, 3), rng.uniform(0, 6)])
    return Wish(
        name=f"{kind} {number}",
        kind=kind,
        at_s=at_s,
        seed=seed,
        cancel=Cancel(after_s=after_s) if is_canceled else None,
    )


def _strikes(
    rng: random.Random, weights: Mapping[str, int], n_faults: int, seconds: float
) -> list[Strike]:
    faults = [fault for fault, weight in weights.items() for _ in range(weight)]
    rng.shuffle(faults)
    drawn = (faults * (n_faults // len(faults) + 1))[:n_faults]
    rng.shuffle(drawn)
    pause_s = seconds / max(1, n_faults)
    return [
        Strike(fault=fault, at_s=pause_s * (n + rng.random()), seed=rng.randrange(2**31))
        for n, fault in enumerate(drawn)
    ]
