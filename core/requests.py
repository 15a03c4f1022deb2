"""What can be asked of the process that does the work; paths name canonical folders."""

import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from . import errors
from .answers import AskedPicture
from .results import Value

#: ``auto``: target-aware where targets are declared or suspected, else calibrated.
GoodNetRule = Literal["auto", "target-aware", "calibrated", "disagreement"]
PoisonedLabels = Literal["auto", "target", "original"]
#: A model as it came, repaired, and both as the N+1 model.
ModelRole = Literal["before", "after", "goodnet"]

#: Repairs that one report can compare.
MAX_SEEDS = 20


@dataclass(frozen=True, kw_only=True)
class PoisonedInput(Value):
    """A poisoned set and what its labels mean."""

    folder: str
    #: ``target``: the label is where the trigger sends the image; ``original``: its true class.
    labels: PoisonedLabels = "auto"
    #: Needed with ``original``.
    target_label: int | None = None


@dataclass(frozen=True, kw_only=True)
class TestInputs(Value):
    """What a model is measured on; a repair never sees it."""

    #: Not a test class, whatever pytest thinks of the name.
    __test__ = False

    clean: str | None = None
    poisoned: tuple[PoisonedInput, ...] = ()

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of all sets."""
        clean = () if self.clean is None else (self.clean,)
        return (*clean, *(each.folder for each in self.poisoned))


@dataclass(frozen=True, kw_only=True)
class GateLimits(Value):
    """Limits that decide the exit code; ``None`` is no limit."""

    max_attack_success_rate: float | None = None
    max_accuracy_drop: float | None = None


@dataclass(frozen=True, kw_only=True)
class GoodNetOptions(Value):
    """How the N+1 model decides."""

    rule: GoodNetRule = "auto"
    #: Share of clean images that a calibrated or target-aware rule may flag, in [0, 1].
    false_positive_rate: float = 0.01
    #: Classes that the caller knows to be targets; they take the place of those suspected.
    targets: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RepairOptions(Value):
    """How to repair; says nothing of what."""

    #: A name of `catalogue.METHODS`, and its parameters.
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    #: Budgets in absolute points of clean accuracy, as fractions; one repair for each.
    max_accuracy_drops: tuple[float, ...] = (0.04,)
    #: A name of `preprocessing.PREPROCESSINGS`, or ``auto``.
    preprocessing: str = "auto"
    #: Number of classes that the caller expects of the model and the data.
    n_classes: int | None = None
    seed: int = 0
    goodnet: GoodNetOptions = field(default_factory=GoodNetOptions)
    gate: GateLimits | None = None
    #: The command that would ask for the same again; goes into the report.
    command: str = ""
    #: Whether the work is meant for a GPU; without one it is done all the same, and says so.
    wants_gpu: bool = False
    #: Repairs with as many seeds, counted up from `seed`, to see how they differ; the first one is
    #: delivered.
    n_seeds: int = 1
    #: Whether to try if a few poisoned images bring the backdoor back, where there are any.
    reactivation: bool = True
    #: Whether to gather the evidence of a diagnosis, where there is one, once more afterwards.
    traces: bool = True

    def check(self) -> None:
        """Refuse a share or a seed that is none; the method's parameters are checked elsewhere.

        Raises:
            InvalidParams: Names the option that does not fit.
        """
        for budget in self.max_accuracy_drops:
            _check_number("max_accuracy_drop", budget, numbers.Real, 1)
        share = self.goodnet.false_positive_rate
        _check_number("false_positive_rate", share, numbers.Real, 1)
        _check_number("n_seeds", self.n_seeds, numbers.Integral, MAX_SEEDS, smallest=1)
        _check_number("seed", self.seed, numbers.Integral, 2**32 - self.n_seeds)


class Request(Value):
    """What all requests share: they say which folders the work needs, and it gets no other."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The folders that are read."""
        return ()

    @property
    def writes(self) -> tuple[str, ...]:
        """The folders that are written; they are there."""
        return ()


@dataclass(frozen=True, kw_only=True)
class RepairRequest(Request):
    """Repair a model, once for each accuracy budget."""

    model: str
    clean_validation: str
    tests: TestInputs
    options: RepairOptions
    #: An empty folder that the results are written into.
    output: str
    #: More images of the same kind as the clean ones; nobody reads their labels.
    unlabelled: str | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """Those of the model and of all images."""
        unlabelled = () if self.unlabelled is None else (self.unlabelled,)
        return (self.model, self.clean_validation, *unlabelled, *self.tests.folders)

    @property
    def writes(self) -> tuple[str, ...]:
        """That of the results."""
        return (self.output,)


@dataclass(frozen=True, kw_only=True)
class EvaluateRequest(Request):
    """Measure a model as it is."""

    model: str
    tests: TestInputs
    #: What ``auto`` tries the preprocessings on; never a test set.
    clean_validation: str | None = None
    preprocessing: str = "auto"
    n_classes: int | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """Those of the model and of all images."""
        validation = () if self.clean_validation is None else (self.clean_validation,)
        return (self.model, *validation, *self.tests.folders)


@dataclass(frozen=True, kw_only=True)
class DiagnoseRequest(Request):
    """Ask which classes of a model look like targets of a backdoor."""

    model: str
    clean_validation: str
    #: A name of `preprocessing.PREPROCESSINGS`, or ``auto``.
    preprocessing: str = "auto"
    seed: int = 0
    #: An empty folder that the diagnosis and its pictures are written into.
    output: str

    @property
    def reads(self) -> tuple[str, ...]:
        """Those of the model and of the images."""
        return (self.model, self.clean_validation)

    @property
    def writes(self) -> tuple[str, ...]:
        """That of the diagnosis."""
        return (self.output,)


@dataclass(frozen=True, kw_only=True)
class PredictRequest(Request):
    """Classify pictures."""

    model: str
    pictures: str
    #: ``None``: what the model file says it was made for.
    preprocessing: str | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """Those of the model and of the pictures."""
        return (self.model, self.pictures)


@dataclass(frozen=True, kw_only=True)
class TryRequest(Request):
    """Ask models what they see in a few pictures."""

    #: `ModelRole` to the folder of the model; one at least.
    models: Mapping[str, str]
    #: Folder of the pictures, which may hold more than are asked about.
    pictures: str
    asked: tuple[AskedPicture, ...]
    #: ``None``: what the file of a good net says.
    preprocessing: str | None = None
    #: How many classes of each answer to tell.
    top: int = 5

    @property
    def reads(self) -> tuple[str, ...]:
        """Those of the models and of the pictures."""
        return (*self.models.values(), self.pictures)


@dataclass(frozen=True, kw_only=True)
class DemoRequest(Request):
    """Train and backdoor a small model on real digits; write it with its image sets."""

    output: str
    seed: int = 0

    @property
    def writes(self) -> tuple[str, ...]:
        """That of the model and its images."""
        return (self.output,)


#: What can be asked for, by the name that it has in JSON.
KINDS: Mapping[str, type[Request]] = {
    "repair": RepairRequest,
    "evaluate": EvaluateRequest,
    "diagnose": DiagnoseRequest,
    "predict": PredictRequest,
    "try": TryRequest,
    "demo": DemoRequest,
}


def _check_number(
    name: str, value: Any, kind: type[Any], largest: int, *, smallest: int = 0
) -> None:
    if not isinstance(value, kind) or not smallest <= value <= largest:  # also refuses NaN
        raise errors.InvalidParams(
            f"{name} must be between {smallest} and {largest}, not {value!r}",
            field=name, expected=f"between {smallest} and {largest}", received=repr(value),
        )  # fmt: skip
