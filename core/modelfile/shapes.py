"""The shape of what each layer gives, without building anything; sizes leave out the batch axis."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .. import errors
from . import fitting, graph
from .description import Architecture, Layer, Shape, TensorRef

#: Numbers that one layer gives for one image.
_MAX_ACTIVATIONS = 1 << 26
#: The same of all layers together; the largest Keras applications stay below 2²⁷.
_MAX_TOGETHER = 1 << 28


def outputs(network: Architecture) -> dict[TensorRef, Shape]:
    """The shape of every tensor of a flat network.

    Raises:
        NotAModel: A layer does not fit what it is called on.
        TooLarge: A layer gives more numbers than any real model needs.
    """
    shapes = {ref: input_shape(network) for ref in network.inputs}
    together = 0
    for ref, shape in shapes.items():
        together += _size(ref.layer, shape)
    for layer, index in graph.ordered(network):
        given = [shapes[ref] for ref in layer.calls[index]]
        shapes[TensorRef(layer.name, index)] = shape = _checked(layer, given)
        together += _size(layer.name, shape)
        if together > _MAX_TOGETHER:
            raise errors.TooLarge(
                f"the layers up to {layer.name!r} give {together} numbers for one image;"
                f" at most {_MAX_TOGETHER} are allowed",
                place=layer.name, expected=_MAX_TOGETHER, received=together,
            )  # fmt: skip
    return shapes


def input_shape(network: Architecture) -> Shape:
    """The shape of the one input of a network.

    Raises:
        NotAModel: It has several inputs, or leaves the shape open.
    """
    if len(network.inputs) != 1 or network.input_shape is None:
        raise errors.NotAModel(
            f"the model takes {len(network.inputs)} inputs, or says no input shape;"
            " an image classifier has one input of a fixed height, width and channels",
            place=network.name,
        )
    return network.input_shape


def pair(value: Any) -> tuple[int, int]:
    """Height and width of an option that may be one number for both."""
    if isinstance(value, int):
        return value, value
    height, width = value
    return int(height), int(width)


def _checked(layer: Layer, given: list[Shape]) -> Shape:
    try:
        shape = _RULES[layer.kind](layer.options, given)
    except (ValueError, TypeError, IndexError) as error:
        raise errors.NotAModel(
            f"layer {layer.name!r} ({layer.kind}) cannot be called on"
            f" {', '.join(map(str, given))}: {error}",
            place=layer.name, received=[list(shape) for shape in given],
        ) from error  # fmt: skip
    return shape


def _size(layer: str, shape: Shape) -> int:
    """Numbers in a tensor; raises where they are too many."""
    size = math.prod(shape)
    if size > _MAX_ACTIVATIONS:
        raise errors.TooLarge(
            f"layer {layer!r} gives {size} numbers for one image;"
            f" at most {_MAX_ACTIVATIONS} are allowed",
            place=layer, expected=_MAX_ACTIVATIONS, received=size,
        )  # fmt: skip
    return size


_Options = Mapping[str, Any]
_Rule = Callable[[_Options, list[Shape]], Shape]


def _only(given: list[Shape]) -> Shape:
    if len(given) != 1:
        raise ValueError(f"it takes one tensor, not {len(given)}")
    return given[0]


def _image(given: list[Shape]) -> tuple[int, int, int]:
    shape = _only(given)
    if len(shape) != 3:
        raise ValueError("it takes (height, width, channels)")
    return shape[0], shape[1], shape[2]


def _window(options: _Options, size: tuple[int, int], kernel: Any, strides: Any) -> tuple[int, int]:
    """Height and width after a window of ``kernel`` has moved over an image."""
    kernels, steps = pair(kernel), pair(strides)
    dilations = pair(options.get("dilation_rate", 1))
    if max(steps) > 1 and max(dilations) > 1:
        raise ValueError("it has both strides and a dilation, which Keras does not compute")
    if options.get("padding", "valid") == "same":
        height, width = (math.ceil(length / step) for length, step in zip(size, steps, strict=True))
    else:
        height, width = (
            math.ceil((length - (kernel - 1) * dilation) / step)
            for length, kernel, dilation, step in zip(size, kernels, dilations, steps, strict=True)
        )
    if height < 1 or width < 1:
        raise ValueError(f"its window {kernels} is larger than the image")
    return height, width


def _convolution(options: _Options, given: list[Shape]) -> Shape:
    height, width, channels = _image(given)
    groups = options.get("groups", 1)
    if channels % groups or options["filters"] % groups:
        raise ValueError(f"its channels do not divide into {groups} groups")
    size = _window(options, (height, width), options["kernel_size"], options.get("strides", 1))
    return *size, options["filters"]


def _depthwise(options: _Options, given: list[Shape]) -> Shape:
    height, width, channels = _image(given)
    size = _window(options, (height, width), options["kernel_size"], options.get("strides", 1))
    return *size, channels * options.get("depth_multiplier", 1)


def _dense(options: _Options, given: list[Shape]) -> Shape:
    return *_only(given)[:-1], options["units"]


def _pooling(options: _Options, given: list[Shape]) -> Shape:
    height, width, channels = _image(given)
    window = options.get("pool_size", 2)
    return *_window(options, (height, width), window, options.get("strides", window)), channels


def _global_pooling(options: _Options, given: list[Shape]) -> Shape:
    channels = _image(given)[2]
    return (1, 1, channels) if options.get("keepdims") else (channels,)


def _zero_padding(options: _Options, given: list[Shape]) -> Shape:
    height, width, channels = _image(given)
    padding = options.get("padding", 1)
    rows, columns = (padding, padding) if isinstance(padding, int) else padding
    return height + sum(pair(rows)), width + sum(pair(columns)), channels


def _up_sampling(options: _Options, given: list[Shape]) -> Shape:
    height, width, channels = _image(given)
    rows, columns = pair(options.get("size", 2))
    return height * rows, width * columns, channels


def _flatten(_: _Options, given: list[Shape]) -> Shape:
    return (math.prod(_only(given)),)


def _reshape(options: _Options, given: list[Shape]) -> Shape:
    target, n_numbers = options["target_shape"], math.prod(_only(given))
    target = (target,) if isinstance(target, int) else target
    known = math.prod(size for size in target if size != -1)
    if known < 1 or target.count(-1) > 1 or n_numbers % known:
        raise ValueError(f"{n_numbers} numbers do not make {target}")
    shape = tuple(n_numbers // known if size == -1 else size for size in target)
    if math.prod(shape) != n_numbers:
        raise ValueError(f"{n_numbers} numbers do not make {target}")
    return shape


def _same(_: _Options, given: list[Shape]) -> Shape:
    return _only(given)


def _keeping(check: Callable[[_Options, Shape], None]) -> _Rule:
    """A rule for a layer that gives the shape it is given, if its options fit that."""

    def rule(options: _Options, given: list[Shape]) -> Shape:
        shape = _only(given)
        check(options, shape)
        return shape

    return rule


def _spatial_dropout(_: _Options, given: list[Shape]) -> Shape:
    return _image(given)


def _elementwise(_: _Options, given: list[Shape]) -> Shape:
    if len(given) < 2 or len({len(shape) for shape in given}) > 1:
        raise ValueError("it takes two or more tensors of one rank")
    return tuple(int(size) for size in np.broadcast_shapes(*given))


def _difference(options: _Options, given: list[Shape]) -> Shape:
    if len(given) != 2:
        raise ValueError(f"it takes two tensors, not {len(given)}")
    return _elementwise(options, given)


def _concatenate(options: _Options, given: list[Shape]) -> Shape:
    axis = fitting.positive_axis(options.get("axis", -1), len(given[0]))
    others = {(*shape[:axis], *shape[axis + 1 :]) for shape in given}
    if len(given) < 2 or len(others) > 1 or any(len(s) != len(given[0]) for s in given):
        raise ValueError("it takes two or more tensors that agree on every other axis")
    return *given[0][:axis], sum(shape[axis] for shape in given), *given[0][axis + 1 :]


def _dot(options: _Options, given: list[Shape]) -> Shape:
    first, second = given
    axes = pair(options["axes"])
    left, right = (
        fitting.positive_axis(axes[0], len(first)),
        fitting.positive_axis(axes[1], len(second)),
    )
    if first[left] != second[right]:
        raise ValueError("the axes it multiplies over differ in length")
    rest = (*first[:left], *first[left + 1 :], *second[:right], *second[right + 1 :])
    return rest or (1,)


_RULES: Mapping[str, _Rule] = {
    "Conv2D": _convolution,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _convolution,
    "Dense": _dense,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "GlobalMaxPooling2D": _global_pooling,
    "GlobalAveragePooling2D": _global_pooling,
    "ZeroPadding2D": _zero_padding,
    "UpSampling2D": _up_sampling,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Concatenate": _concatenate,
    "Dot": _dot,
    "Subtract": _difference,
    "Rescaling": _keeping(fitting.check_rescaling),
    "Normalization": _keeping(fitting.check_normalization),
    "Softmax": _keeping(fitting.check_softmax),
    "Dropout": _keeping(fitting.check_dropout),
    "SpatialDropout2D": _spatial_dropout,
    **dict.fromkeys(("Add", "Multiply", "Average", "Maximum", "Minimum"), _elementwise),
    **dict.fromkeys(
        ("BatchNormalization", "Activation", "ReLU", "LeakyReLU", "ELU", "GaussianNoise"),
        _same,
    ),
}  # fmt: skip
