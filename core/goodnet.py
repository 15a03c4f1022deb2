"""Two models as one: class N, *backdoored*, where the bad and the repaired model disagree.

The joined model is made of standard layers only, so that anyone can load it with stock Keras.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tf_keras as keras

from . import data, metrics, modelfile, statistics
from .modelfile import Layer, ModelFile, TensorRef
from .preprocessing import Preprocessing
from .requests import GoodNetOptions
from .results import GoodNetResult, Rate

#: Scores times this, through a softmax, are 1 at the largest and 0 elsewhere. It is a power of two,
#: so that it changes no digit, and so large that the next score in float32 is far enough away.
_SHARPNESS = 2.0**40
#: The same for the sigmoid that compares a margin with the threshold.
_STEEPNESS = 2.0**30
#: A margin this close to the threshold counts as below it.
_MARGIN_STEP = 1e-6
_INPUT = "input"
#: What the layers of the two models begin with; no layer of the decision may, or two might clash.
_BAD, _GOOD = "bad_", "good_"
#: Layers behind which probabilities are still probabilities.
_RESHAPING = ("Flatten", "Reshape", "GlobalAveragePooling2D")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When an input is flagged."""

    #: Margin ``p_bad[b] - p_good[b]``, b the bad model's answer, above which a disagreement is
    #: flagged; ``None`` flags every disagreement.
    threshold: float | None = None
    #: What the threshold was calibrated to; ``None`` for the plain rule.
    false_positive_rate: float | None = None

    @property
    def name(self) -> str:
        """``disagreement`` or ``calibrated``."""
        return "disagreement" if self.threshold is None else "calibrated"


def choose_rule(
    bad: keras.Model,
    repaired: keras.Model,
    images: data.LabelledImages,
    preprocessing: Preprocessing,
    *,
    options: GoodNetOptions,
) -> Rule:
    """The rule that the options ask for, calibrated on clean images where it has a threshold.

    Args:
        bad: The model as it came; gives a score for each class.
        repaired: The same after the repair.
        images: Clean images that nothing was fitted on and no test uses: select.
        preprocessing: How stored pixels become what the models take.
        options: The rule, and the share of clean images that it may flag.
    """
    if options.rule == "disagreement":
        return Rule()
    margins = _disagreement_margins(bad, repaired, images, preprocessing)
    allowed = math.floor(options.false_positive_rate * len(images))
    return Rule(
        threshold=_threshold(margins, allowed), false_positive_rate=options.false_positive_rate
    )


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
        weights={**parts[0].weights, **parts[1].weights},
        metadata=metadata,
    )


def evaluate(
    predictions: metrics.Predictions, tests: metrics.TestSets, rule: Rule, *, class_index: int
) -> GoodNetResult:
    """What the N+1 model does, from the labels that it gave itself.

    Args:
        predictions: Labels 0..N of the N+1 model.
        tests: The images.
        rule: As built into the model.
        class_index: N.
    """
    clean = predictions.clean
    return GoodNetResult(
        class_index=class_index,
        rule=rule.name,
        threshold=rule.threshold,
        declared_false_positive_rate=rule.false_positive_rate,
        clean_accuracy=None if clean is None else metrics.clean_accuracy(clean, tests),
        false_positive_rate=(
            None if clean is None else statistics.attack_rate(clean == class_index)
        ),
        detection_rate={
            item.name: _detection_rate(item, labels, class_index)
            for item, labels in zip(tests.poisoned, predictions.poisoned, strict=True)
        },
    )


def _detection_rate(
    item: data.PoisonedImages, labels: metrics.IntArray, class_index: int
) -> Rate | None:
    return statistics.attack_rate((labels == class_index)[metrics.attackable(item)])


def _disagreement_margins(
    bad: keras.Model,
    repaired: keras.Model,
    images: data.LabelledImages,
    preprocessing: Preprocessing,
) -> npt.NDArray[np.float64]:
    """The margins of the images on which the models disagree, largest first."""
    batches = zip(
        metrics.probability_batches(bad, images, preprocessing),
        metrics.probability_batches(repaired, images, preprocessing),
        strict=True,
    )
    margins = [_margins(first, second) for first, second in batches]
    return np.flip(np.sort(np.concatenate(margins)))


def _margins(bad: metrics.FloatArray, good: metrics.FloatArray) -> npt.NDArray[np.float64]:
    answers = bad.argmax(axis=1)
    disagree = answers != good.argmax(axis=1)
    rows = np.flatnonzero(disagree)
    return np.asarray((bad - good)[rows, answers[rows]], np.float64)


def _threshold(margins: npt.NDArray[np.float64], allowed: int) -> float:
    if allowed >= len(margins):
        return -1.0  # every disagreement may be flagged
    return float(margins[allowed]) + _MARGIN_STEP


@dataclass(frozen=True)
class _Part:
    """One of the two models, on the shared input."""

    layers: tuple[Layer, ...]
    weights: Mapping[str, modelfile.LayerWeights]
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
    disagree = [
        _layer("Rescaling", "scaled_bad", bad, scale=_SHARPNESS, offset=0.0),
        _layer("Softmax", "answer_bad", "scaled_bad"),
        _layer("Rescaling", "scaled_good", good, scale=_SHARPNESS, offset=0.0),
        _layer("Softmax", "answer_good", "scaled_good"),
        _layer("Dot", "agree", "answer_bad", "answer_good", axes=1, normalize=False),
        _layer("Rescaling", "disagree", "agree", scale=-1.0, offset=1.0),
    ]
    flag = "disagree" if rule.threshold is None else "flag"
    scores = [
        _layer("Rescaling", "pass", flag, scale=-1.0, offset=1.0),
        _layer("Multiply", "passed", good, "pass"),
        _layer("Concatenate", "scores", "passed", flag, axis=-1),
    ]
    return [*disagree, *_calibration(bad, good, rule), *scores]


def _calibration(bad: TensorRef, good: TensorRef, rule: Rule) -> list[Layer]:
    """The layers that let a disagreement pass whose margin is not above the threshold."""
    if rule.threshold is None:
        return []
    offset = -_STEEPNESS * rule.threshold
    return [
        _layer("Subtract", "margins", bad, good),
        _layer("Dot", "margin", "answer_bad", "margins", axes=1, normalize=False),
        _layer("Rescaling", "excess", "margin", scale=_STEEPNESS, offset=offset),
        _layer("Activation", "above", "excess", activation="sigmoid"),
        _layer("Multiply", "flag", "disagree", "above"),
    ]


def _layer(kind: str, name: str, *inputs: TensorRef | str, **options: object) -> Layer:
    refs = tuple(TensorRef(item) if isinstance(item, str) else item for item in inputs)
    return Layer(kind=kind, name=name, options=options, calls=(refs,))
