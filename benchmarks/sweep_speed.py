"""The pruning sweep of 60 channels on 11,547 faces: netmend against re-running the whole model.

The faces are the 180 of clean validation, repeated. Both sides run in this process, in turn, on the
same weights and images in memory; the curves must be equal.
Run: python -m benchmarks.sweep_speed
"""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import tf_keras as keras

from core import data, modelfile, models, preprocessing, pruning

from . import shared_data

_ROUNDS = 3
_LAYER = "conv_3"


def main() -> None:
    """Print both times and their ratio, medians over the rounds."""
    faces = shared_data.folder() / "csaw"
    model = models.build(modelfile.read(faces / "sunglasses_bd_weights.h5"))
    with tempfile.TemporaryDirectory() as folder:
        images = data.open_images(
            shared_data.repeat(
                faces / "clean_validation_data.h5",
                Path(folder) / "validation.h5",
                n_images=11_547,
                dtype="uint8",
            )
        )
        how = preprocessing.named("/255")
        scores = pruning.channel_scores(model, [_LAYER], images, how, order="mean-activation")
        order = pruning.pruning_order(scores)
        pixels = how.apply(images.at(np.arange(len(images))))
        rounds = []
        for _ in range(_ROUNDS):
            whole, whole_s = _timed(lambda: _whole_model_curve(model, order, pixels, images.labels))
            swept, swept_s = _timed(lambda: pruning.sweep(model, order, images, how))
            assert [step.select_accuracy for step in swept] == whole
            rounds.append((whole_s, swept_s))
    theirs, ours = (statistics.median(side) for side in zip(*rounds, strict=True))
    print(
        f"sweep of {len(order)} channels on {len(pixels)} images, equal curves: whole model each "
        f"step {theirs:.1f} s, netmend {ours:.1f} s, ratio {theirs / ours:.1f} "
        f"(medians of {_ROUNDS})"
    )


def _whole_model_curve(
    model: keras.Model, order: tuple[pruning.Channel, ...], pixels: np.ndarray, labels: np.ndarray
) -> list[float]:
    pruned = models.copy(model)
    layer = pruned.get_layer(_LAYER)
    curve = [_accuracy(pruned, pixels, labels)]
    for channel in order:
        kernel, bias = layer.get_weights()
        kernel[..., channel.index], bias[channel.index] = 0, 0
        layer.set_weights([kernel, bias])
        curve.append(_accuracy(pruned, pixels, labels))
    return curve


def _accuracy(model: keras.Model, pixels: np.ndarray, labels: np.ndarray) -> float:
    scores = model.predict(pixels, verbose=0, batch_size=256)
    return float(np.mean(scores.argmax(axis=1) == labels))


def _timed(work):
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


if __name__ == "__main__":
    main()
