"""The file of the N+1 model: both models and the layers that compare them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .. import modelfile
from ..modelfile import Layer, LayerWeights, ModelFile, TensorRef
from .rules import Rule

#: The layers whose inputs are the probabilities of the bad and of the repaired model.
SCALED_BAD, SCALED_GOOD = "scaled_bad", "scaled_good"

#: Scores times this, through a softmax, are 1 at the largest and 0 elsewhere. It is a power of two,
#: so that it changes no digit, and so large that the next score in float32 is far enough away.
_SHARPNESS = 2.0**40
#: The same for the sigmoid that compares a margin with the threshold.
_STEEPNESS = 2.0**30
_INPUT = "input"
_IS_TARGET = "is_target"
#: What the layers of the two models begin with; no layer of the decision may, or two might clash.
_BAD, _GOOD = "bad_", "good_"
#: Layers behind which probabilities are still probabilities.
_RESHAPING = ("Flatten", "Reshape", "GlobalAveragePooling2D")


def join(
    bad: ModelFile, repaired: ModelFile, rule: Rule, *, metadata: Mapping[str, object]
) -> ModelFile:
    """The N+1 model: N scores of the repaired model, and one for *backdoored*.

    Args:
        bad: The model as it came, N classes.
        repaired: The same after the repair.
        rule: When an input is flagged.
        metadata: Goes into the file beside the model, for `predict`.

    Returns:
        A model whose largest score is the repaired model's class, or N where an input is flagged.
    """
    parts = [
        _part(modelfile.flattened(bad, _BAD)),
        _part(modelfile.flattened(repaired, _GOOD)),
    ]
    (bad_scores, good_scores), probabilities = _probabilities(parts)
    layers = [
        Layer(kind="InputLayer", name=_INPUT, options={"shape": bad.input_shape}),
        *parts[0].layers,
        *parts[1].layers,
        *probabilities,
        *_decision(bad_scores, good_scores, rule),
    ]
    return modelfile.from_layers(
        name="goodnet",
        layers=tuple(layers),
        inputs=(TensorRef(_INPUT),),
        outputs=(TensorRef("scores"),),
        weights={**parts[0].weights, **parts[1].weights, **_target_weights(rule, bad.n_classes)},
        metadata=metadata,
    )


@dataclass(frozen=True)
class _Part:
    """One of the two models, on the shared input."""

    layers: tuple[Layer, ...]
    weights: Mapping[str, LayerWeights]
    output: TensorRef
    gives_probabilities: bool


def _part(flat: ModelFile) -> _Part:
    architecture = flat.architecture
    own_input, output = architecture.inputs[0].layer, architecture.outputs[0]
    layers = tuple(
        layer.with_input_renamed(own_input, _INPUT)
        for layer in architecture.layers
        if layer.name != own_input
    )
    return _Part(layers, flat.weights, output, _gives_probabilities(architecture))


def _gives_probabilities(architecture: modelfile.Architecture) -> bool:
    layers, ref = {layer.name: layer for layer in architecture.layers}, architecture.outputs[0]
    while layers[ref.layer].kind in _RESHAPING:
        (ref,) = layers[ref.layer].calls[ref.call]
    last = layers[ref.layer]
    return last.kind == "Softmax" or last.options.get("activation") == "softmax"


def _probabilities(parts: list[_Part]) -> tuple[list[TensorRef], list[Layer]]:
    """Where each model's probabilities are, and the layers that this takes."""
    refs, layers = [], []
    for part, name in zip(parts, ("probabilities_bad", "probabilities_good"), strict=True):
        if part.gives_probabilities:
            refs.append(part.output)
        else:
            layers.append(_layer("Softmax", name, part.output))
            refs.append(TensorRef(name))
    return refs, layers


def _decision(bad: TensorRef, good: TensorRef, rule: Rule) -> list[Layer]:
    """From the probabilities of both models to N+1 scores."""
    return [
        _layer("Rescaling", SCALED_BAD, bad, scale=_SHARPNESS, offset=0.0),
        _layer("Softmax", "answer_bad", SCALED_BAD),
        _layer("Rescaling", SCALED_GOOD, good, scale=_SHARPNESS, offset=0.0),
        _layer("Softmax", "answer_good", SCALED_GOOD),
        _layer("Dot", "agree", "answer_bad", "answer_good", axes=1, normalize=False),
        _layer("Rescaling", "disagree", "agree", scale=-1.0, offset=1.0),
        *_flag(bad, good, rule),
        _layer("Rescaling", "pass", "flag", scale=-1.0, offset=1.0),
        _layer("Multiply", "passed", good, "pass"),
        _layer("Concatenate", "scores", "passed", "flag", axis=-1),
    ]


def _flag(bad: TensorRef, good: TensorRef, rule: Rule) -> list[Layer]:
    """A disagreement, and whatever else the rule asks for before it flags one."""
    calibration, target = _calibration(bad, good, rule), _target(rule)
    asked = ["disagree", *(layers[-1].name for layers in (calibration, target) if layers)]
    if len(asked) == 1:
        flag = _layer("Activation", "flag", "disagree", activation="linear")
    else:
        flag = _layer("Multiply", "flag", *asked)
    return [*calibration, *target, flag]


def _calibration(bad: TensorRef, good: TensorRef, rule: Rule) -> list[Layer]:
    """The layers that say whether the margin is above the threshold."""
    if rule.threshold is None:
        return []
    offset = -_STEEPNESS * rule.threshold
    return [
        _layer("Subtract", "margins", bad, good),
        _layer("Dot", "margin", "answer_bad", "margins", axes=1, normalize=False),
        _layer("Rescaling", "excess", "margin", scale=_STEEPNESS, offset=offset),
        _layer("Activation", "above", "excess", activation="sigmoid"),
    ]


def _target(rule: Rule) -> list[Layer]:
    """The layer that says whether the bad model's answer is one of the targets."""
    if not rule.targets:
        return []
    return [_layer("Dense", _IS_TARGET, "answer_bad", units=1, use_bias=False)]


def _target_weights(rule: Rule, n_classes: int) -> dict[str, LayerWeights]:
    if not rule.targets:
        return {}
    kernel = np.zeros((n_classes, 1), np.float32)
    kernel[list(rule.targets)] = 1
    return {_IS_TARGET: LayerWeights((f"{_IS_TARGET}/kernel:0",), (kernel,))}


def _layer(kind: str, name: str, *inputs: TensorRef | str, **options: object) -> Layer:
    refs = tuple(TensorRef(item) if isinstance(item, str) else item for item in inputs)
    return Layer(kind=kind, name=name, options=options, calls=(refs,))
