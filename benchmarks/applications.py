"""The image classifiers of Keras' applications: written by stock Keras, read and rebuilt by us.

Prints whether each file is taken, and how far our scores are from those of who wrote it.

Run: python -m benchmarks.applications [NAME…]
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import errors, modelfile, models

#: Name to the smallest image that it takes.
SIZES = {
    "VGG16": 32, "ResNet50": 32, "DenseNet121": 32, "MobileNetV2": 32, "MobileNetV3Small": 32,
    "EfficientNetB0": 32, "Xception": 71, "InceptionV3": 75,
}  # fmt: skip
LIBRARIES = ("tf_keras", "keras")
_ENDINGS = (".h5", ".keras")

#: Writes each net in both formats, and its scores; knows nothing of ours.
_WRITE = """
import importlib, json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
keras, sizes, folder = importlib.import_module(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
for name, size in sizes.items():
    keras.utils.set_random_seed(1)
    shape = (size, size, 3)
    model = getattr(keras.applications, name)(weights=None, input_shape=shape, classes=7)
    for ending in (".h5", ".keras"):
        model.save(f"{folder}/{name}{ending}")
    images = np.random.default_rng(0).uniform(0, 255, (4, *shape)).astype("float32")
    np.savez(f"{folder}/{name}.npz", images=images, scores=model.predict(images, verbose=0))
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    library: str
    file_name: str
    #: Largest difference of a score; ``None`` where the file was refused.
    difference: float | None
    #: Why it was refused.
    reason: str = ""


def main() -> None:
    """Print one line a file."""
    names = sys.argv[1:] or list(SIZES)
    for outcome in compared(names):
        told = outcome.reason if outcome.difference is None else f"{outcome.difference:.1e}"
        print(f"{outcome.library:9s} {outcome.file_name:24s} {told}")


def compared(names: Sequence[str], libraries: Sequence[str] = LIBRARIES) -> Iterator[Outcome]:
    """Have each library write its nets, and compare ours with them."""
    with tempfile.TemporaryDirectory() as folder:
        for library in libraries:
            place = Path(folder) / library
            place.mkdir()
            sizes = json.dumps({name: SIZES[name] for name in names})
            command = [sys.executable, "-I", "-c", _WRITE, library, sizes, str(place)]
            subprocess.run(command, check=True, capture_output=True)
            for name in names:
                yield from (_outcome(place / f"{name}{ending}") for ending in _ENDINGS)


def _outcome(path: Path) -> Outcome:
    library = path.parent.name
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as written:
        images, scores = written["images"], written["scores"]
    try:
        rebuilt = models.build(modelfile.read(path))
    except errors.ProjectError as error:
        return Outcome(library, path.name, None, str(error))
    difference = np.abs(rebuilt.predict(images, verbose=0) - scores).max()
    return Outcome(library, path.name, float(difference))


if __name__ == "__main__":
    main()
