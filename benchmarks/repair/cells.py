"""What is measured: a net, one repair of it, and the names that their files have."""

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: Images that a repair is judged on: the test set, or training images held out for development.
Judge = Literal["test", "development"]


@dataclass(frozen=True, kw_only=True, order=True)
class Net:
    """A net of stage A: who made it, and how it was attacked."""

    #: A name of `sources.SOURCES`.
    data: str
    #: Whether it has batch normalization.
    normalized: bool
    #: A name of `core.attacks.NAMES`.
    attack: str
    #: Of its training, its targets and its patterns.
    seed: int

    @property
    def name(self) -> str:
        """``cifar10-plain-badnets-0``."""
        return f"{self.data}-{self.kind}-{self.attack}-{self.seed}"

    @property
    def kind(self) -> str:
        """``bn`` with batch normalization, ``plain`` without."""
        return "bn" if self.normalized else "plain"


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """A method, with parameters other than its defaults."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """``fine-tuning``, or ``fine-tuning:epochs=3,optimizer=sgd``."""
        options = ",".join(f"{key}={value}" for key, value in sorted(self.params.items()))
        return f"{self.method}:{options}" if options else self.method

    @classmethod
    def parse(cls, text: str) -> "Treatment":
        """What `name` gives; values stay text, which the catalogue understands."""
        method, _, options = text.partition(":")
        pairs = (option.partition("=") for option in options.split(",") if option)
        return cls(method=method, params={key: value for key, _, value in pairs})


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One repair of one net."""

    net: Net
    treatment: Treatment
    #: Of the repair.
    seed: int = 0
    judge: Judge = "test"
    #: Clean images that the repair is given, drawn by its seed; ``None``: all there are.
    n_clean: int | None = None
    #: Whether it is given the rest of them as well, without labels.
    has_unlabelled: bool = False

    @property
    def name(self) -> str:
        """Of its files."""
        given = f"--{self.given.replace(' ', '-')}" if self.n_clean else ""
        judged = "" if self.judge == "test" else "--development"
        return f"{self.net.name}--{self.treatment.name}--{self.seed}{given}{judged}"

    @property
    def given(self) -> str:
        """``500 images``, or ``500 images and unlabelled``; empty where it is given all."""
        more = " and unlabelled" if self.has_unlabelled else ""
        return f"{self.n_clean} images{more}" if self.n_clean else ""


#: The nets of the benchmark, in the order in which they are worth having.
def nets(attacks: Collection[str]) -> Iterator[Net]:
    """All nets, the most telling first: plain CIFAR-10, then with normalization, then clothes.

    Args:
        attacks: Names of all attacks.
    """
    for seed in range(3):
        first = itertools.chain(
            _nets("cifar10", attacks, seed, normalized=False),
            _nets("cifar10", ("benign", "badnets", "blended"), seed, normalized=True),
            _nets("fashion-mnist", attacks, seed, normalized=False),
        )
        yield from first


def _nets(data: str, attacks: Collection[str], seed: int, *, normalized: bool) -> Iterator[Net]:
    for attack in attacks:
        yield Net(data=data, normalized=normalized, attack=attack, seed=seed)
