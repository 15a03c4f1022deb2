"""How long the ingest child takes over a model: a net of 2.4 MB, and VGG16 with its 150 MB.

Run: python -m benchmarks.ingest
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

from core import children

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tf_keras as keras

_RUNS = 5


def main() -> None:
    """Print the median and the slowest of a few runs, after one that warms the disk's cache."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in _small(folder), _vgg(folder):
            times = [_ingested(path, folder / f"{path.stem}-{run}") for run in range(_RUNS + 1)][1:]
            megabytes = path.stat().st_size / 1e6
            print(
                f"{path.name}, {megabytes:.1f} MB: median {statistics.median(times):.2f} s,"
                f" slowest {max(times):.2f} s of {_RUNS}"
            )


def _ingested(path: Path, out: Path) -> float:
    started = time.perf_counter()
    children.ingest_model(path, out)
    return time.perf_counter() - started


def _small(folder: Path) -> Path:
    layers = keras.layers
    image = layers.Input((55, 47, 3))
    x = layers.Conv2D(32, 3, activation="relu")(image)
    x = layers.MaxPooling2D(4)(x)
    x = layers.Dense(120)(layers.Flatten()(x))
    return _saved(keras.Model(image, layers.Dense(300, activation="softmax")(x)), folder / "small")


def _vgg(folder: Path) -> Path:
    # The usual net for images of 32 x 32 and 1,000 classes, with its large dense layers.
    shape = (32, 32, 3)
    return _saved(
        keras.applications.VGG16(weights=None, input_shape=shape, classes=1000), folder / "vgg16"
    )


def _saved(model: keras.Model, path: Path) -> Path:
    generator = np.random.default_rng(0)
    model.set_weights([generator.normal(0, 0.05, array.shape) for array in model.get_weights()])
    model.save(path.with_suffix(".keras"))
    return path.with_suffix(".keras")


if __name__ == "__main__":
    main()
