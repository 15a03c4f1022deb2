"""The repair methods there are and their parameters, as frozen dataclasses; no TensorFlow."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from . import errors


def _param(*, default: Any, text: str, **limits: Any) -> Any:
    """A field with its help text and limits (``minimum=``, ``maximum=``, inclusive)."""
    return field(default=default, metadata={"help": text, **limits})


@dataclass(frozen=True, kw_only=True)
class Params:
    """What every method has: a name, what it does, where it falls short, and a source."""

    name: ClassVar[str]
    summary: ClassVar[str]
    weakness: ClassVar[str]
    source: ClassVar[str]


@dataclass(frozen=True, kw_only=True)
class TrainingParams(Params):
    """The shared training loop: schedule and augmentation."""

    epochs: int = _param(default=20, text="passes over the tune images", minimum=0, maximum=1000)
    batch_size: int = _param(default=64, text="images per step", minimum=1, maximum=4096)
    optimizer: Literal["adam", "sgd"] = _param(
        default="adam", text="adam, or sgd with Nesterov momentum 0.9"
    )
    learning_rate: float = _param(
        default=1e-3, text="peak learning rate", minimum=0.0, maximum=10.0
    )
    schedule: Literal["cosine", "constant"] = _param(
        default="cosine", text="how the learning rate falls"
    )
    weight_decay: float = _param(
        default=5e-4,
        text="share of every weight taken off per step, times the learning rate",
        minimum=0.0,
        maximum=1.0,
    )
    clip_norm: float = _param(
        default=5.0, text="largest global gradient norm", minimum=0.0, maximum=1e6
    )
    flip: bool = _param(default=True, text="mirror half of the images; not for digits or signs")
    shift: int = _param(
        default=3, text="move images by up to so many pixels", minimum=0, maximum=64
    )
    noise: float = _param(
        default=0.02,
        text="noise, as a share of the pixel range (standard deviation)",
        minimum=0.0,
        maximum=1.0,
    )


@dataclass(frozen=True, kw_only=True)
class FineTuning(TrainingParams):
    """Parameters of `fine-tuning`."""

    name = "fine-tuning"
    summary = "Train on clean images; keep the last epoch within the accuracy budget."
    weakness = "Often leaves the trigger as it is, above all in nets without batch normalization."
    source = "Baseline of Liu, Dolan-Gavitt, Garg, Fine-Pruning, RAID 2018, arXiv:1805.12185"


@dataclass(frozen=True, kw_only=True)
class FinePruning(TrainingParams):
    """Parameters of `fine-pruning`."""

    name = "fine-pruning"
    summary = "Silence the channels that clean images use least, then fine-tune."
    weakness = "Leaves a trigger whose channels clean images need, too."
    source = "Liu, Dolan-Gavitt, Garg, Fine-Pruning, RAID 2018, arXiv:1805.12185"

    layers: str = _param(
        default="last-1", text="convolutions to prune: last-K, or their names with commas between"
    )
    order: Literal["mean-activation", "apoz"] = _param(
        default="mean-activation",
        text="prune first what is least active, or most often zero (APoZ)",
    )


@dataclass(frozen=True, kw_only=True)
class MagnitudePruning(TrainingParams):
    """Parameters of `magnitude-pruning`."""

    name = "magnitude-pruning"
    summary = "Zero the smallest weights of every kernel while training on clean images."
    weakness = "Was made to shrink models, looks for no trigger, and mostly leaves it."
    source = "Zhu, Gupta, To prune or not to prune, 2017, arXiv:1710.01878, as tfmot does it"

    epochs: int = _param(default=3, text="passes over the tune images", minimum=1, maximum=1000)
    batch_size: int = _param(default=32, text="images per step", minimum=1, maximum=4096)
    sparsity: float = _param(
        default=0.8, text="share of each kernel that becomes 0", minimum=0.0, maximum=0.99
    )
    sparsity_schedule: Literal["constant", "polynomial"] = _param(
        default="constant",
        text="all at once, or from initial_sparsity to sparsity over two thirds of training",
    )
    initial_sparsity: float = _param(
        default=0.3, text="where the polynomial schedule starts", minimum=0.0, maximum=0.99
    )
    flip: bool = _param(
        default=False, text="mirror half of the images; the original recipe does not"
    )
    shift: int = _param(
        default=0, text="move images by up to so many pixels", minimum=0, maximum=64
    )
    noise: float = _param(
        default=0.0,
        text="noise, as a share of the pixel range (standard deviation)",
        minimum=0.0,
        maximum=1.0,
    )
    schedule: Literal["cosine", "constant"] = _param(
        default="constant", text="how the learning rate falls"
    )
    weight_decay: float = _param(
        default=0.0,
        text="share of every weight taken off per step, times the learning rate",
        minimum=0.0,
        maximum=1.0,
    )


METHODS: Mapping[str, type[Params]] = {
    params.name: params for params in (FineTuning, FinePruning, MagnitudePruning)
}
DEFAULT_METHOD = FinePruning.name
#: Names of `architectures.NAMED`, for those who load no reader of model files.
ARCHITECTURES = ("deepid-1283",)


def parse(method: str, settings: Mapping[str, object]) -> Params:
    """The parameters of a method, from names and values (text is converted).

    Args:
        method: Name of a method, as in `METHODS`.
        settings: Parameter name to value; what is left out takes its default.

    Raises:
        InvalidParams: The method or a parameter is unknown, or a value does not fit.
    """
    if method not in METHODS:
        raise errors.InvalidParams(
            f"there is no method {method!r}; there are {', '.join(METHODS)}",
            field="method", received=method, expected=list(METHODS),
        )  # fmt: skip
    params = METHODS[method]
    known = {item.name: item for item in dataclasses.fields(params)}
    for key in settings:
        if key not in known:
            raise errors.InvalidParams(
                f"{method} has no parameter {key!r}; it has {', '.join(known)}",
                field=key, expected=sorted(known),
            )  # fmt: skip
    hints = typing.get_type_hints(params)
    return params(
        **{key: _checked(known[key], hints[key], value) for key, value in settings.items()}
    )


def as_dict(params: Params) -> dict[str, Any]:
    """Parameter name to value, with the defaults."""
    return dataclasses.asdict(params)


def json_schema(params: type[Params]) -> dict[str, Any]:
    """JSON Schema (2020-12) of a method's parameters, with defaults and help texts."""
    hints = typing.get_type_hints(params)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": params.name,
        "description": params.summary,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            item.name: _property(item, hints[item.name]) for item in dataclasses.fields(params)
        },
    }


def _property(item: dataclasses.Field[Any], hint: Any) -> dict[str, Any]:
    names = {int: "integer", float: "number", bool: "boolean", str: "string"}
    choices = _choices(hint)
    limits = {key: item.metadata[key] for key in ("minimum", "maximum") if key in item.metadata}
    kind: dict[str, Any] = {"enum": list(choices)} if choices else {"type": names[hint]}
    return {**kind, **limits, "default": item.default, "description": item.metadata["help"]}


def _choices(hint: Any) -> tuple[str, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) is Literal else ()


def _checked(item: dataclasses.Field[Any], hint: Any, value: object) -> object:
    choices = _choices(hint)
    if choices:
        if value not in choices:
            raise _refused(item, f"one of {', '.join(choices)}", value)
        return value
    converted = _converted(item, hint, value)
    low, high = item.metadata.get("minimum"), item.metadata.get("maximum")
    if low is not None and not low <= converted <= high:  # also refuses NaN
        raise _refused(item, f"between {low} and {high}", value)
    return converted


def _converted(item: dataclasses.Field[Any], hint: type, value: object) -> Any:
    if isinstance(value, str) and hint is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if value.lower() not in words:
            raise _refused(item, "true or false", value)
        return words[value.lower()]
    if isinstance(value, str) and hint in (int, float):
        try:
            return hint(value)
        except ValueError as error:
            raise _refused(item, _NOUN[hint], value) from error
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not hint:
        raise _refused(item, _NOUN[hint], value)
    return value


_NOUN: Mapping[type, str] = types.MappingProxyType(
    {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
)


def _refused(item: dataclasses.Field[Any], expected: str, value: object) -> errors.InvalidParams:
    return errors.InvalidParams(
        f"{item.name} must be {expected}, not {value!r}",
        field=item.name, expected=expected, received=repr(value),
    )  # fmt: skip
