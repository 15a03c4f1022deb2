"""The weight arrays that each layer has, without building anything."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from .. import errors
from . import fitting, shapes
from .description import Architecture, Layer, Shape, Variable

#: Numbers in all weights together.
_MAX_PARAMETERS = 200_000_000


def variables(network: Architecture) -> dict[str, tuple[Variable, ...]]:
    """Layer name to its weight arrays, in Keras' order, for the layers that have any.

    Args:
        network: A flat network.

    Raises:
        NotAModel: A layer does not fit what it is called on.
        TooLarge: A layer, or all of them, is larger than any real model needs.
    """
    known = shapes.outputs(network)
    found = {}
    for layer in network.layers:
        given = {tuple(known[ref] for ref in call) for call in layer.calls}
        sets = {_of_layer(layer, call[0]) for call in given}
        if len(sets) > 1:
            raise errors.NotAModel(
                f"layer {layer.name!r} is shared by tensors of different shapes", place=layer.name
            )
        own = next(iter(sets), ())
        if own:
            found[layer.name] = own
    _check_size(found)
    return found


def _check_size(found: Mapping[str, tuple[Variable, ...]]) -> None:
    total = sum(math.prod(variable.shape) for own in found.values() for variable in own)
    if total > _MAX_PARAMETERS:
        raise errors.TooLarge(
            f"the architecture has {total} parameters; at most {_MAX_PARAMETERS} are read",
            expected=_MAX_PARAMETERS, received=total,
        )  # fmt: skip


def _of_layer(layer: Layer, shape: Shape) -> tuple[Variable, ...]:
    rule = _RULES.get(layer.kind)
    if rule is None:
        return ()
    try:
        return rule(layer.options, shape)
    except (ValueError, TypeError, IndexError) as error:
        raise errors.NotAModel(
            f"layer {layer.name!r} ({layer.kind}) cannot be called on {shape}: {error}",
            place=layer.name, received=list(shape),
        ) from error  # fmt: skip


_Options = Mapping[str, Any]


def _with_bias(options: _Options, size: int, *kernels: Variable) -> tuple[Variable, ...]:
    return (*kernels, Variable("bias", (size,))) if options.get("use_bias", True) else kernels


def _convolution(options: _Options, shape: Shape) -> tuple[Variable, ...]:
    filters = options["filters"]
    window = shapes.pair(options["kernel_size"])
    kernel = Variable("kernel", (*window, shape[-1] // options.get("groups", 1), filters))
    return _with_bias(options, filters, kernel)


def _depthwise_kernel(options: _Options, shape: Shape) -> Variable:
    window = shapes.pair(options["kernel_size"])
    return Variable("depthwise_kernel", (*window, shape[-1], options.get("depth_multiplier", 1)))


def _depthwise(options: _Options, shape: Shape) -> tuple[Variable, ...]:
    kernel = _depthwise_kernel(options, shape)
    return _with_bias(options, kernel.shape[2] * kernel.shape[3], kernel)


def _separable(options: _Options, shape: Shape) -> tuple[Variable, ...]:
    depthwise, filters = _depthwise_kernel(options, shape), options["filters"]
    mixed = depthwise.shape[2] * depthwise.shape[3]
    pointwise = Variable("pointwise_kernel", (1, 1, mixed, filters))
    return _with_bias(options, filters, depthwise, pointwise)


def _dense(options: _Options, shape: Shape) -> tuple[Variable, ...]:
    units = options["units"]
    return _with_bias(options, units, Variable("kernel", (shape[-1], units)))


def _batch_normalization(options: _Options, shape: Shape) -> tuple[Variable, ...]:
    (axis,) = fitting.kept_axes(options, len(shape))
    size = (shape[axis],)
    names = [
        name for name, flag in (("gamma", "scale"), ("beta", "center")) if options.get(flag, 1)
    ]
    trained = [Variable(name, size) for name in names]
    moving = (Variable(name, size, trainable=False) for name in ("moving_mean", "moving_variance"))
    return *trained, *moving


def _normalization(options: _Options, shape: Shape) -> tuple[Variable, ...]:
    if options.get("mean") is not None:
        return ()
    size = tuple(shape[axis] for axis in fitting.kept_axes(options, len(shape)))
    return (
        Variable("mean", size, trainable=False),
        Variable("variance", size, trainable=False),
        Variable("count", (), trainable=False, dtype="int64"),
    )


_RULES: Mapping[str, Callable[[_Options, Shape], tuple[Variable, ...]]] = {
    "Conv2D": _convolution,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "Dense": _dense,
    "BatchNormalization": _batch_normalization,
    "Normalization": _normalization,
}
#: Layers that may have weights; only for them does it matter whether they are trainable.
WEIGHTED = frozenset(_RULES)
