"""What else was tried with a repaired model, to see how much a report can be relied on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .figures import Rate
from .values import Value


@dataclass(frozen=True, kw_only=True)
class Reactivation(Value):
    """Whether a few poisoned images bring the backdoor back; evidence, never a choice."""

    #: Name of the poisoned set.
    name: str
    #: Poisoned images that a copy of the repaired model was trained on, with their targets.
    n_poisoned: int
    #: Clean tune images among which they were.
    n_clean: int
    epochs: int
    learning_rate: float
    #: Attack success on the other images of the set, before and after that training.
    before: Rate | None
    #: ``None`` where the training came to nothing, or there was nothing to measure.
    after: Rate | None
    #: Of the copy on the clean select images, in [0, 1]: a copy that knows nothing any more obeys
    #: no trigger either.
    select_accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class SeedResult(Value):
    """What the same repair came to with another seed."""

    seed: int
    #: Of the clean select images of that seed's split, in [0, 1].
    select_accuracy: float
    clean_accuracy: Rate | None
    #: Name of a poisoned set to its attack success rate.
    attack_success_rate: Mapping[str, Rate | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Spread(Value):
    """One figure over several seeds; seeds are repairs, so this is no confidence interval."""

    #: ``clean accuracy``, or the name of a poisoned set.
    name: str
    n_seeds: int
    #: Shares in [0, 1].
    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class SeedSpread(Value):
    """What the repair came to with several seeds, the first of which is delivered."""

    runs: tuple[SeedResult, ...]
    clean_accuracy: Spread | None
    attack_success_rate: tuple[Spread, ...] = ()
