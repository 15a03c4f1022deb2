"""The layers that are read, each with every option it may have; nothing else ever gets further."""

from collections.abc import Mapping
from typing import Any

from .. import errors
from . import options
from .options import FLAG, INITIALIZER, NOTHING, NUMBER, NUMBERS, OFF, RATE, REGULARIZER, Option

#: Class names under which a file holds a whole network.
NETWORKS: Mapping[str, str] = {
    "Sequential": "Sequential", "Functional": "Functional", "Model": "Functional",
}  # fmt: skip

_PADDING = options.one_of("valid", "same")
_FORMAT = options.one_of("channels_last")
_KERNEL_SIZE = options.sizes(1, 64)
_SEED = options.whole(-(1 << 31), 1 << 32)
_AMOUNT = options.number(0)

_WEIGHTED = {
    "activation": options.ACTIVATION,
    "use_bias": FLAG,
    "bias_regularizer": REGULARIZER,
    "activity_regularizer": REGULARIZER,
}
_CONVOLUTION = {
    **_WEIGHTED,
    "kernel_size": _KERNEL_SIZE,
    "strides": _KERNEL_SIZE,
    "dilation_rate": _KERNEL_SIZE,
    "padding": _PADDING,
    "data_format": _FORMAT,
}
_FILTERS = options.whole(1, 1 << 16)
_MULTIPLIER = options.whole(1, 256)
_POOLING = {
    "pool_size": options.sizes(1, 1024),
    "strides": options.sizes(1, 1024),
    "padding": _PADDING,
    "data_format": _FORMAT,
}
_GLOBAL_POOLING = {"data_format": _FORMAT, "keepdims": FLAG}

#: Layer to option to what it may hold; the names are those of tf_keras' constructors.
LAYERS: Mapping[str, Mapping[str, Option]] = {
    "Conv2D": {
        **_CONVOLUTION,
        "filters": _FILTERS,
        "groups": options.whole(1, 1 << 16),
        "kernel_regularizer": REGULARIZER,
    },
    "DepthwiseConv2D": {
        **_CONVOLUTION, "depth_multiplier": _MULTIPLIER, "depthwise_regularizer": REGULARIZER,
    },
    "SeparableConv2D": {
        **_CONVOLUTION,
        "filters": _FILTERS,
        "depth_multiplier": _MULTIPLIER,
        "depthwise_regularizer": REGULARIZER,
        "pointwise_regularizer": REGULARIZER,
    },
    "Dense": {**_WEIGHTED, "units": options.whole(1, 1 << 20), "kernel_regularizer": REGULARIZER},
    "BatchNormalization": {
        "axis": options.sizes(-4, 4),
        "momentum": options.number(0, 1),
        "epsilon": _AMOUNT,
        "center": FLAG,
        "scale": FLAG,
        "beta_regularizer": REGULARIZER,
        "gamma_regularizer": REGULARIZER,
    },
    "Normalization": {
        "axis": options.sizes(-4, 4), "mean": NUMBERS, "variance": NUMBERS, "invert": FLAG,
    },
    "Rescaling": {"scale": NUMBERS, "offset": NUMBERS},
    "MaxPooling2D": _POOLING,
    "AveragePooling2D": _POOLING,
    "GlobalMaxPooling2D": _GLOBAL_POOLING,
    "GlobalAveragePooling2D": _GLOBAL_POOLING,
    "ZeroPadding2D": {"padding": options.sizes(0, 1024), "data_format": _FORMAT},
    "UpSampling2D": {
        "size": options.sizes(1, 64),
        "data_format": _FORMAT,
        "interpolation": options.one_of("nearest", "bilinear"),
    },
    "Flatten": {"data_format": _FORMAT},
    "Reshape": {"target_shape": options.row(-1, 1 << 24)},
    "Activation": {"activation": options.ACTIVATION},
    "ReLU": {"max_value": _AMOUNT, "negative_slope": _AMOUNT, "threshold": _AMOUNT},
    "LeakyReLU": {"alpha": NUMBER},
    "ELU": {"alpha": NUMBER},
    "Softmax": {"axis": options.whole(-4, 4)},
    "Dropout": {"rate": RATE, "noise_shape": options.NOISE_SHAPE, "seed": _SEED},
    "SpatialDropout2D": {"rate": RATE, "data_format": _FORMAT, "seed": _SEED},
    "GaussianNoise": {"stddev": _AMOUNT, "seed": _SEED},
    "Add": {},
    "Subtract": {},
    "Multiply": {},
    "Average": {},
    "Maximum": {},
    "Minimum": {},
    "Concatenate": {"axis": options.whole(-4, 4)},
    "Dot": {"axes": options.sizes(-4, 4), "normalize": FLAG},
}  # fmt: skip

#: Options without which a layer cannot be made.
_REQUIRED: Mapping[str, frozenset[str]] = {
    "Conv2D": frozenset({"filters", "kernel_size"}),
    "DepthwiseConv2D": frozenset({"kernel_size"}),
    "SeparableConv2D": frozenset({"filters", "kernel_size"}),
    "Dense": frozenset({"units"}),
    "Rescaling": frozenset({"scale"}),
    "Reshape": frozenset({"target_shape"}),
    "Activation": frozenset({"activation"}),
    "Dropout": frozenset({"rate"}),
    "SpatialDropout2D": frozenset({"rate"}),
    "GaussianNoise": frozenset({"stddev"}),
    "Dot": frozenset({"axes"}),
}
#: Options that are checked and then left out of our own calls: they do not change what a model
#: with its weights computes.
_LEFT_OUT: Mapping[str, Option] = {
    "kernel_initializer": INITIALIZER,
    "bias_initializer": INITIALIZER,
    "depthwise_initializer": INITIALIZER,
    "pointwise_initializer": INITIALIZER,
    "beta_initializer": INITIALIZER,
    "gamma_initializer": INITIALIZER,
    "moving_mean_initializer": INITIALIZER,
    "moving_variance_initializer": INITIALIZER,
    "kernel_constraint": NOTHING,
    "bias_constraint": NOTHING,
    "depthwise_constraint": NOTHING,
    "pointwise_constraint": NOTHING,
    "beta_constraint": NOTHING,
    "gamma_constraint": NOTHING,
    "quantization_config": NOTHING,
    "lora_rank": NOTHING,
    "virtual_batch_size": NOTHING,
    "synchronized": OFF,
    "renorm": OFF,
    "renorm_clipping": NOTHING,
    "renorm_momentum": NUMBER,
    "fused": FLAG,
}
#: The same, where only one layer has it.
_LEFT_OUT_HERE: Mapping[tuple[str, str], Option] = {
    ("DepthwiseConv2D", "groups"): options.whole(1, 1),
    ("SeparableConv2D", "groups"): options.whole(1, 1),
    ("SeparableConv2D", "kernel_regularizer"): NOTHING,
    ("SpatialDropout2D", "noise_shape"): NOTHING,
}
#: Null is the default of every other option; here it means another computation.
_NEVER_NULL = frozenset({("Normalization", "axis")})
#: What Keras 3 calls an option that Keras 2 has under another name.
_RENAMED: Mapping[tuple[str, str], str] = {("LeakyReLU", "negative_slope"): "alpha"}


def constructor_arguments(kind: str, config: Mapping[str, Any], place: str) -> dict[str, object]:
    """The checked arguments for our own constructor call.

    Args:
        kind: A key of `LAYERS`.
        config: The layer's options, without name, trainable, dtype and shape.
        place: Name of the layer, for messages.

    Raises:
        UnsafeModel: An option is unknown, or holds something that it may not.
        NotAModel: An option is missing.
    """
    arguments = {}
    for name, value in config.items():
        known = _RENAMED.get((kind, name), name)
        used = LAYERS[kind].get(known)
        option = used or _LEFT_OUT_HERE.get((kind, name)) or _LEFT_OUT.get(name)
        if option is None:
            raise errors.UnsafeModel(
                f"layer {place!r}: {kind} has no option {name[:80]!r} that is read here;"
                f" it has {', '.join(LAYERS[kind]) or 'none'}",
                place=place, option=name[:80], expected=sorted(LAYERS[kind]),
            )  # fmt: skip
        if value is None and (kind, name) not in _NEVER_NULL:
            continue
        if not option.accepts(value):
            raise _refused(kind, name, option, value, place=place)
        if used:
            arguments[known] = option.argument(value)
    _refuse_missing(kind, arguments, place)
    return arguments


def _refuse_missing(kind: str, arguments: Mapping[str, object], place: str) -> None:
    missing = sorted(_REQUIRED.get(kind, frozenset()) - set(arguments))
    if missing:
        raise errors.NotAModel(
            f"layer {place!r}: {kind} lacks the option {missing[0]!r}",
            place=place, option=missing[0],
        )  # fmt: skip


def _refused(
    kind: str, name: str, option: Option, value: object, *, place: str
) -> errors.UnsafeModel:
    received = str(value)[:80]
    return errors.UnsafeModel(
        f"layer {place!r}: {kind} option {name!r} must be {option.expected}, not {received!r}",
        place=place, option=name, expected=option.expected, received=received,
    )  # fmt: skip
