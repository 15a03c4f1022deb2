"""Keras 3's hard activations, which Keras 2 does not have, out of layers that both have."""

from collections.abc import Mapping

from .description import Architecture, Layer, TensorRef

#: What each multiplies its hard sigmoid by: the input, or nothing.
_TIMES_INPUT: Mapping[str, bool] = {"hard_sigmoid": False, "hard_silu": True, "hard_swish": True}
NAMES = frozenset(_TIMES_INPUT)


def network(name: str, activation: str) -> Architecture:
    """The function ``relu6(x + 3) / 6``, times ``x`` for the hard swish, as a nested network.

    Args:
        name: Of the activation layer that it stands for.
        activation: One of `NAMES`.

    Source: ``keras.activations.hard_sigmoid`` and ``hard_silu`` of Keras 3; Howard et al.,
    "Searching for MobileNetV3", ICCV 2019.
    """
    layers = [
        Layer(kind="InputLayer", name="x"),
        _layer("Rescaling", "shifted", "x", scale=1.0, offset=3.0),
        _layer("ReLU", "cut", "shifted", max_value=6.0),
        _layer("Rescaling", "gate", "cut", scale=1 / 6, offset=0.0),
    ]
    if _TIMES_INPUT[activation]:
        layers.append(_layer("Multiply", "gated", "x", "gate"))
    return Architecture(
        name=name,
        kind="Functional",
        layers=tuple(layers),
        inputs=(TensorRef("x"),),
        outputs=(TensorRef(layers[-1].name),),
        input_shape=None,
    )


def _layer(kind: str, name: str, *inputs: str, **options: object) -> Layer:
    call = tuple(TensorRef(item) for item in inputs)
    return Layer(kind=kind, name=name, options=options, calls=(call,))
