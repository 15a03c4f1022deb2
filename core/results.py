"""Frozen values that cross borders; `RepairReport` is the JSON contract of report.json."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, Union

Verdict = Literal["repaired", "partial", "not_repaired", "inconclusive", "unchanged"]


class Value:
    """What all values share: a JSON form, and the way back from it."""

    def to_json(self) -> dict[str, Any]:
        """The value as plain dicts, lists, strings and numbers; the inverse of `from_json`."""
        return {
            item.name: _plain(getattr(self, item.name))
            for item in dataclasses.fields(self)  # type: ignore[arg-type]
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The value that `to_json` wrote; unknown keys are ignored, so that files may grow.

        Raises:
            ValueError: A key is missing or holds something of the wrong form.
        """
        hints = typing.get_type_hints(cls)
        known = {item.name for item in dataclasses.fields(cls)}  # type: ignore[arg-type]
        try:
            return cls(**{key: _typed(hints[key], data[key]) for key in data if key in known})
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a {cls.__name__}: {error}") from error


@dataclass(frozen=True, kw_only=True)
class Rate(Value):
    """A share of images, with how sure we are of it."""

    #: Share in [0, 1].
    value: float
    #: Number of images it was measured on.
    n: int
    #: 95 % confidence interval, (low, high) in [0, 1].
    ci95: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class AttackResult(Value):
    """What one poisoned set does to one model. ``None`` is *not measured*, never 0."""

    #: Name of the poisoned set.
    name: str
    #: Class the trigger forces; ``None`` where each image has a target of its own.
    target_label: int | None
    #: Share of poisoned images put in the target; images truly of the target are left out.
    attack_success_rate: Rate | None
    #: Share of the same images put in their true class.
    robust_accuracy: Rate | None
    #: Share of clean images of other classes that the model sends to the target anyway.
    floor: Rate | None


@dataclass(frozen=True, kw_only=True)
class Evaluation(Value):
    """All figures of one model."""

    #: Share of clean test images put in their class; ``None`` without a clean test set.
    clean_accuracy: Rate | None
    #: Label (as text, for JSON) to the accuracy on the clean test images of that class.
    per_class: Mapping[str, Rate] = field(default_factory=dict)
    attacks: tuple[AttackResult, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PairedChange(Value):
    """How a share changed when the same images went through two models."""

    #: After minus before, in [-1, 1].
    value: float
    n: int
    ci95: tuple[float, float]
    #: Images that only the first model put in their class.
    only_before: int
    #: Images that only the second model put in their class.
    only_after: int
    #: Exact McNemar test of "no change", two-sided.
    p_value: float


@dataclass(frozen=True, kw_only=True)
class PruningStep(Value):
    """One point of the pruning curve."""

    channels_pruned: int
    #: Layer of the channel that this step silenced; ``None`` at zero channels.
    layer: str | None
    #: Channel that this step silenced.
    channel: int | None
    #: Accuracy on the clean *select* images, in [0, 1].
    select_accuracy: float


@dataclass(frozen=True, kw_only=True)
class TrainingEpoch(Value):
    """One point of the training curve; epoch 0 is before the first step."""

    epoch: int
    #: Mean training loss of the epoch; ``None`` at epoch 0.
    loss: float | None
    #: Accuracy on the clean *select* images, in [0, 1].
    select_accuracy: float
    learning_rate: float | None


@dataclass(frozen=True, kw_only=True)
class Selection(Value):
    """What was chosen, on what, by which rule."""

    #: Rule in one sentence.
    rule: str
    #: Budget in absolute points of clean accuracy, as a fraction.
    max_accuracy_drop: float
    n_tune: int
    n_select: int
    #: Accuracy on the select images before and after the repair.
    select_accuracy_before: float
    select_accuracy_after: float
    #: Channels that were pruned, by layer.
    channels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    #: Epoch whose weights were kept.
    epoch: int | None = None


@dataclass(frozen=True, kw_only=True)
class PreprocessingChoice(Value):
    """How stored pixels were turned into what the model takes."""

    name: str
    #: Whether the caller said so or the baseline accuracy did.
    declared: bool
    #: Why, in one sentence.
    reason: str
    #: Accuracy on clean validation images under each preprocessing that was tried.
    tried: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class InputFile(Value):
    """One file we were given."""

    name: str
    sha256: str
    #: Number of images; ``None`` for a model.
    n: int | None


@dataclass(frozen=True, kw_only=True)
class Inputs(Value):
    """The files we were given, by role."""

    model: InputFile
    clean_validation: InputFile
    clean_test: InputFile | None = None
    poisoned_test: tuple[InputFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GoodNetResult(Value):
    """What the N+1 model does. ``None`` is *not measured*."""

    #: The class that means *backdoored*: N, the number of classes of the model.
    class_index: int
    #: ``disagreement`` or ``calibrated``.
    rule: str
    #: Margin above which a disagreement is flagged; ``None`` for the plain rule.
    threshold: float | None
    #: False-positive rate that the threshold was calibrated to, on clean select images.
    declared_false_positive_rate: float | None
    #: Share of clean test images put in their class; a flagged one counts as wrong.
    clean_accuracy: Rate | None
    #: Share of clean test images that are flagged.
    false_positive_rate: Rate | None
    #: Name of a poisoned set to the share of its images that are flagged.
    detection_rate: Mapping[str, Rate | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Gate(Value):
    """Limits that the caller asked for, and whether they were met."""

    max_attack_success_rate: float | None
    max_accuracy_drop: float | None
    passed: bool
    #: One sentence for each limit that was missed.
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RepairReport(Value):
    """Everything one repair has to say; field for field what report.json holds."""

    verdict: Verdict
    #: Why that verdict, a sentence each.
    verdict_reasons: tuple[str, ...]
    method: str
    params: Mapping[str, Any]
    seed: int
    selection: Selection
    preprocessing: PreprocessingChoice
    inputs: Inputs
    #: Library to version.
    versions: Mapping[str, str]
    #: The exact command to run it again.
    command: str
    seconds: float
    before: Evaluation
    after: Evaluation
    #: Paired change of clean accuracy; ``None`` without a clean test set.
    clean_accuracy_change: PairedChange | None
    goodnet: GoodNetResult
    pruning_curve: tuple[PruningStep, ...] = ()
    training_curve: tuple[TrainingEpoch, ...] = ()
    gate: Gate | None = None
    warnings: tuple[str, ...] = ()
    #: What the figures do not show; always printed.
    caveat: str = ""
    #: Name of the GPU that the work was done on, or ``cpu``.
    device: str = "cpu"
    #: Size of the contract; grows when fields are added.
    schema_version: int = 2


@dataclass(frozen=True, kw_only=True)
class Event(Value):
    """Progress of a piece of work, for whoever listens."""

    #: ``load baseline prune finetune evaluate package``, or what a method calls its step.
    stage: str
    current: int | None = None
    total: int | None = None
    #: Figures of this moment: ``select_accuracy`` (a fraction), ``loss``, ``channels_pruned``, …
    metric: Mapping[str, float] = field(default_factory=dict)
    #: A sentence for people, where there is something to say.
    message: str | None = None
    #: Which of several accuracy budgets is worked on, counted from 1, and how many there are;
    #: ``None`` in what is done once for all of them.
    budget: int | None = None
    n_budgets: int | None = None


def _plain(value: Any) -> Any:
    if isinstance(value, Value):
        return value.to_json()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _typed(hint: Any, data: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(item for item in arguments if item is not type(None))
        return None if data is None else _typed(inner, data)
    if origin is tuple:
        items = arguments if arguments[-1] is not Ellipsis else (arguments[0],) * len(data)
        return tuple(_typed(item, part) for item, part in zip(items, data, strict=True))
    if origin is Mapping:
        return {key: _typed(arguments[1], part) for key, part in data.items()}
    if isinstance(hint, type) and issubclass(hint, Value):
        return hint.from_json(data)
    return data
