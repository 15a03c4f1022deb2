"""The two forms of a trigger, as variables that a search can change; pixels from 0 to 1 here."""

import types
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from ..metrics import FloatArray
from ..results import TriggerKind

#: Tensors of shape ``(n_triggers, …)`` each.
Variables = tuple[Any, ...]


class Form(Protocol):
    """How triggers of one kind are written down, stamped and kept in bounds."""

    @property
    def first_price(self) -> float:
        """What a trigger as large as the image costs at first, in units of the cross-entropy."""
        ...

    def start(
        self, shape: tuple[int, int, int], rng: np.random.Generator
    ) -> tuple[FloatArray, ...]:
        """The variables that the search for every class starts from, without the first axis."""
        ...

    def stamped(self, variables: Variables, images: Any) -> Any:
        """Images ``(batch, …)`` with each trigger: ``(n_triggers, batch, …)``."""
        ...

    def sizes(self, variables: Variables) -> Any:
        """``(n_triggers,)``: what is to be small, in pixels."""
        ...

    def bounded(self, variables: Variables, radius: float) -> Variables:
        """The variables brought back to where they may be; additive ones into a ball."""
        ...

    def mask_and_pattern(self, variables: Variables) -> tuple[Any | None, Any]:
        """What `Triggers` holds, with pixels from 0 to 1."""
        ...


class _Patch:
    """A mask and a pattern, each the sigmoid-like ``(tanh(v) + 1) / 2`` of a free variable.

    Source: Wang et al., "Neural Cleanse", IEEE S&P 2019, section IV, eq. 2 and 3
    """

    first_price = 1.0

    def start(
        self, shape: tuple[int, int, int], rng: np.random.Generator
    ) -> tuple[FloatArray, ...]:
        mask = rng.normal(_START_MASK, 0.1, (*shape[:2], 1))
        pattern = rng.normal(0.0, 0.5, shape)
        return mask.astype(np.float32), pattern.astype(np.float32)

    def stamped(self, variables: Variables, images: Any) -> Any:
        mask, pattern = (_opened(variable)[:, None] for variable in variables)
        return images + mask * (pattern - images)

    def sizes(self, variables: Variables) -> Any:
        return tf.reduce_sum(_opened(variables[0]), axis=(1, 2, 3))

    def bounded(self, variables: Variables, radius: float) -> Variables:  # noqa: ARG002 - any will do
        return variables

    def mask_and_pattern(self, variables: Variables) -> tuple[Any | None, Any]:
        mask, pattern = (_opened(variable) for variable in variables)
        return mask, pattern


class _Additive:
    """A pattern that is added to every pixel, in a ball of a given radius around nothing.

    Source: Moosavi-Dezfooli et al., "Universal adversarial perturbations", CVPR 2017
    """

    first_price = 0.0

    def start(
        self, shape: tuple[int, int, int], rng: np.random.Generator
    ) -> tuple[FloatArray, ...]:
        return (rng.normal(0.0, 0.001, shape).astype(np.float32),)

    def stamped(self, variables: Variables, images: Any) -> Any:
        return tf.clip_by_value(images + variables[0][:, None], 0.0, 1.0)

    def sizes(self, variables: Variables) -> Any:
        return tf.sqrt(tf.reduce_sum(variables[0] ** 2, axis=(1, 2, 3)))

    def bounded(self, variables: Variables, radius: float) -> Variables:
        return (tf.clip_by_norm(variables[0], radius, axes=[1, 2, 3]),)

    def mask_and_pattern(self, variables: Variables) -> tuple[Any | None, Any]:
        return None, variables[0]


FORMS: Mapping[TriggerKind, Form] = types.MappingProxyType(
    {"patch": _Patch(), "additive": _Additive()}
)

#: Where the free variable of a mask starts.
_START_MASK = 0.0


def _opened(variable: Any) -> Any:
    return (tf.tanh(variable) + 1) / 2
