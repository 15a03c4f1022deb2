"""The last layer learned anew in closed form, so that it no longer listens to triggers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import tf_keras as keras

from .. import augmentation, errors, metrics, models, network
from ..catalogue import TrainingParams
from ..inversion import Triggers
from ..metrics import FloatArray, IntArray
from . import base, stamping

#: The images are looked at so often, each time moved and with other triggers.
_PASSES = 2
#: Least images, so that a few stand for the features well enough.
_LEAST_IMAGES = 2000
_Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Readout:
    """The last layer of a model: scores are ``features @ kernel + bias``."""

    layer: str
    #: ``(n_features, n_classes)``.
    kernel: FloatArray
    #: ``(n_classes,)``.
    bias: FloatArray
    #: The model up to what its last layer reads.
    reader: keras.Model

    def features(self, images: FloatArray) -> FloatArray:
        """``(n, n_features)`` of images as the model takes them."""
        return np.asarray(self.reader.predict_on_batch(images), np.float32)

    def scores(self, features: FloatArray) -> FloatArray:
        """``(n, n_classes)`` of features ``(n, n_features)``."""
        return features @ self.kernel + self.bias

    def with_columns(self, other: "Readout", labels: Sequence[int]) -> "Readout":
        """The same, with the scores of some classes as another one gives them."""
        kernel = self.kernel.copy()
        kernel[:, list(labels)] = other.kernel[:, list(labels)]
        return replace(self, kernel=kernel)

    def put_into(self, model: keras.Model) -> keras.Model:
        """A copy of the model with this as its last layer."""
        copied = models.copy(model)
        copied.get_layer(self.layer).set_weights([self.kernel, self.bias])
        return copied


@dataclass(frozen=True, kw_only=True)
class Fit:
    """What counts how much when columns are learned anew."""

    #: Penalty on large weights, in mean squares of the features.
    ridge: float
    #: Weight of the clean images of the classes whose columns they are; all other images have 1.
    own_weight: float = 1.0


def of_model(model: keras.Model) -> Readout | None:
    """The last layer of a model, where that is a Dense with a bias."""
    layer = network.score_layer(model)
    if not isinstance(layer, keras.layers.Dense) or not layer.use_bias:
        return None
    kernel, bias = layer.get_weights()
    reader = keras.Model(model.inputs, layer.input)
    return Readout(layer=layer.name, kernel=kernel, bias=bias, reader=reader)


def required(model: keras.Model) -> Readout:
    """The last layer of a model.

    Raises:
        NoReadout: It is no Dense layer with a bias.
    """
    readout = of_model(model)
    if readout is None:
        raise errors.NoReadout(
            "the last layer of the model is no Dense layer with a bias, so its columns cannot be "
            "learned anew; forget-and-distil needs none",
            field="method",
        )
    return readout


def relearned(
    readout: Readout,
    validation: base.Validation,
    bank: Sequence[Triggers],
    *,
    labels: Sequence[int],
    fit: Fit,
    seed: int,
) -> Readout:
    """The last layer, of which the columns of some classes are learned anew.

    By least squares: stamped or not, an image is to have the scores that the model gives it
    clean. What triggers add to the features no longer counts for these classes, and what clean
    images of them have in common still does.

    Args:
        readout: Of the model as it came.
        validation: Clean images; tune, and those without labels.
        bank: Triggers to stamp on.
        labels: Classes whose columns are learned; the others stay as they are.
        fit: What counts how much.
        seed: Of where the triggers lie and how strong they are.
    """

    def weights(classes: IntArray) -> _Matrix:
        return np.where(np.isin(classes, list(labels)), fit.own_weight, 1.0)[:, None]

    rng = np.random.default_rng(seed)
    squares, products = _sums(readout, validation, bank, weights=weights, rng=rng)
    penalty = fit.ridge * float(np.trace(squares)) / len(squares)
    learned = np.linalg.solve(squares + penalty * np.eye(len(squares)), products)
    return readout.with_columns(replace(readout, kernel=learned), labels)


def _sums(
    readout: Readout,
    validation: base.Validation,
    bank: Sequence[Triggers],
    *,
    weights: Callable[[IntArray], _Matrix],
    rng: np.random.Generator,
) -> tuple[_Matrix, _Matrix]:
    """Sums of products of the features with themselves, and with the scores they should have.

    Each image counts once as it is, with its weight, and once stamped.
    """
    n_features, n_classes = readout.kernel.shape
    squares, products = np.zeros((n_features, n_features)), np.zeros((n_features, n_classes))
    for images, classes in _batches(validation, rng):
        clean = readout.features(images).astype(np.float64)
        wanted = clean @ readout.kernel
        stamped = stamping.stamped(images, bank, share=1.0, rng=rng)
        marked = readout.features(stamped).astype(np.float64)
        for seen, weighed in ((clean, weights(classes) * clean), (marked, marked)):
            squares += weighed.T @ seen
            products += weighed.T @ wanted
    return squares, products


def _batches(
    validation: base.Validation, rng: np.random.Generator
) -> Iterator[tuple[FloatArray, IntArray]]:
    """Clean images and their classes, a little moved, as often as it takes to see enough."""
    sets = [validation.tune, *([validation.unlabelled] if validation.unlabelled else [])]
    passes = max(_PASSES, -(-_LEAST_IMAGES // sum(map(len, sets))))
    for _ in range(passes):
        for images in sets:
            start = 0
            for batch in metrics.batches(images, validation.preprocessing):
                classes = images.labels[start : start + len(batch)]
                start += len(batch)
                yield augmentation.augment(batch, rng, params=_MOVED), classes


#: No mirroring: what the model says of a mirrored digit is not worth learning.
_MOVED = TrainingParams(flip=False, shift=2, noise=0.0)
