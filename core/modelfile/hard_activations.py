"""Hard activations, which Keras 2 and Keras 3 do not share, out of layers that both have."""

from collections.abc import Mapping

from .description import Architecture, Layer, TensorRef

#: What each multiplies its hard sigmoid by: the input, or nothing.
_TIMES_INPUT: Mapping[str, bool] = {"hard_sigmoid": False, "hard_silu": True, "hard_swish": True}
NAMES = frozenset(_TIMES_INPUT)
#: Keras 2 has no such functions; whoever says that it wrote one is mistaken.
ONLY_IN_KERAS_3 = NAMES - {"hard_sigmoid"}


def network(name: str, activation: str, *, is_keras_3: bool) -> Architecture:
    """A hard sigmoid, times its input for the hard swish, as a nested network.

    The hard sigmoid of Keras 3 is ``relu6(x + 3) / 6``, that of Keras 2 is ``x / 5 + 1 / 2``
    between 0 and 1.

    Args:
        name: Of the activation layer that it stands for.
        activation: One of `NAMES`.
        is_keras_3: Whose function is meant.

    Source: ``hard_sigmoid`` and ``hard_silu`` in ``keras.activations`` of both; Howard et al.,
    "Searching for MobileNetV3", ICCV 2019.
    """
    scale, offset = (1 / 6, 1 / 2) if is_keras_3 else (1 / 5, 1 / 2)
    layers = [
        Layer(kind="InputLayer", name="x"),
        _layer("Rescaling", "line", "x", scale=scale, offset=offset),
        _layer("ReLU", "gate", "line", max_value=1.0),
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
