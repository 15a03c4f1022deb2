"""Upper bounds of activations, a bound for each channel, as layers of a model."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

from . import data, devices, metrics, models, network
from .metrics import FloatArray
from .preprocessing import Preprocessing

#: Name of a place behind a rectified activation to ``(n_channels,)``.
Bounds = Mapping[str, FloatArray]


def usual_bounds(
    model: keras.Model, images: data.LabelledImages, preprocessing: Preprocessing, *, spread: float
) -> dict[str, FloatArray]:
    """The mean of each channel of the rectified activations, and so many standard deviations more.

    Args:
        model: Any functional model.
        images: Clean images.
        preprocessing: How stored pixels become what the model takes.
        spread: Standard deviations above the mean, over images, height and width.

    Returns:
        Place to ``(n_channels,)``, in the order of the graph; the scores of the classes, and what
        comes behind them, have none.
    """
    rectified = _rectified(model)
    if not rectified:
        return {}
    reader = keras.Model(model.inputs, [call.tensor for call in rectified.values()])

    @tf.function(input_signature=[tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)])
    def moments(batch: Any) -> Any:
        maps = [tf.cast(item, tf.float64) for item in tf.nest.flatten(reader(batch))]
        return [tf.stack([_total(item**0), _total(item), _total(item**2)]) for item in maps]

    frugal = devices.Frugal(lambda batch: [item.numpy() for item in moments(batch)])
    parts = [part for batch in metrics.batches(images, preprocessing) for part in frugal(batch)]
    sums = [np.sum(place, axis=0) for place in zip(*parts, strict=True)]
    return {
        name: (total / n + spread * _deviation(n, total, squares)).astype(np.float32)
        for name, (n, total, squares) in zip(rectified, sums, strict=True)
    }


def under(model: keras.Model, bounds: Bounds) -> keras.Model:
    """A copy of the model in which no channel goes above its bound; of Keras' own layers alone.

    The smaller of x and b is b - relu(b - x): the same `Rescaling`, b minus what goes in, before
    and behind a ReLU.

    Args:
        model: Stays as it is.
        bounds: Of some or all of the places of `usual_bounds`.
    """

    def capped(name: str, values: Any) -> Any:
        minus = keras.layers.Rescaling(-1.0, offset=bounds[name].tolist(), name=f"{name}_ceiling")
        return minus(keras.layers.ReLU(name=f"{name}_below")(minus(values)))

    # Copied once more, so that each layer stands in one graph only.
    return models.copy(_with(model, capped, set(bounds)))


def learning(model: keras.Model, bounds: Bounds) -> keras.Model:
    """A copy of the model whose bounds can be trained, and nothing else of it.

    Their trainable variables are shares of the bounds, and begin at 1.
    """
    return _with(model, lambda name, values: _Ceiling(bounds[name], name)(values), set(bounds))


def learned(model: keras.Model) -> dict[str, FloatArray]:
    """The bounds of a model of `learning` as they are now."""
    return {
        layer.place: layer.bounds.numpy() for layer in model.layers if isinstance(layer, _Ceiling)
    }


class _Ceiling(keras.layers.Layer):  # type: ignore[misc]
    """The smaller of what goes in and a bound; lives during training only."""

    def __init__(self, start: FloatArray, place: str) -> None:
        super().__init__(name=f"{place}_ceiling")
        self.place = place
        self._start = start
        self._shares = self.add_weight("shares", start.shape, initializer="ones")

    @property
    def bounds(self) -> Any:
        """``(n_channels,)``, not negative."""
        return self._start * tf.nn.relu(self._shares)

    def call(self, values: Any) -> Any:
        """Values with channels last, each at most its bound."""
        return tf.minimum(values, self.bounds)


def _with(model: keras.Model, bounded: Callable[[str, Any], Any], names: set[str]) -> keras.Model:
    """A copy of the model, its own layers frozen, with something behind its rectified places."""
    copied = models.copy(model)
    copied.trainable = False
    places = {id(call.tensor): name for name, call in _rectified(copied).items() if name in names}
    image = keras.Input(copied.input_shape[1:], name=copied.inputs[0].name)
    known = {id(copied.inputs[0]): image}
    for call in network.calls(copied):
        if call.inputs:
            given = [known[key] for key in call.inputs]
            value = call.layer(given if len(given) > 1 else given[0])
            key = id(call.tensor)
            known[key] = bounded(places[key], value) if key in places else value
    return keras.Model(image, known[id(copied.outputs[0])], name=copied.name)


def _rectified(model: keras.Model) -> dict[str, network.Call]:
    """Name of a place to the use of a layer whose output is 0 or more, a bound of its own away.

    A layer that is used several times has a place for each use.
    """
    found: dict[str, network.Call] = {}
    for call in network.calls(model):
        if _is_rectifier(call.layer) and call.tensor is not model.outputs[0]:
            uses = sum(each.layer is call.layer for each in found.values())
            found[f"{call.layer.name}_{uses + 1}" if uses else call.layer.name] = call
    return found


def _is_rectifier(layer: keras.layers.Layer) -> bool:
    if isinstance(layer, keras.layers.ReLU):
        return bool(layer.threshold == 0 and layer.negative_slope == 0)
    return getattr(layer, "activation", None) is keras.activations.relu


def _total(maps: Any) -> Any:
    return tf.reduce_sum(maps, axis=list(range(maps.shape.rank - 1)))  # (n_channels,)


def _deviation(n: Any, total: Any, squares: Any) -> Any:
    return np.sqrt(np.maximum(squares / n - (total / n) ** 2, 0))
