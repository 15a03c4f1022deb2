"""Evaluating the sunglasses net: netmend against the obvious script, time and peak memory.

The clean set is a float64 NCHW file of 12,830 faces (about 800 MB), the 294 test faces repeated;
the poisoned set is the real one. Each side runs in a process of its own, in turn; both answers must
be equal. Times count from after the imports. Run: python -m benchmarks.evaluate_speed
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from core import modelfile

from . import shared_data

_ROUNDS = 5

_OBVIOUS = """
import json, resource, sys, time
import h5py, numpy as np, tf_keras
began = time.perf_counter()
def accuracy(model, path):
    with h5py.File(path) as file:
        images, labels = np.array(file["data"]), np.array(file["label"])
    images = np.transpose(images, (0, 2, 3, 1)) / 255
    return float(np.mean(np.argmax(model.predict(images, verbose=0), axis=1) == labels))
model = tf_keras.models.load_model(sys.argv[1], compile=False)
figures = [accuracy(model, path) for path in sys.argv[2:]]
"""

_NETMEND = """
import json, resource, sys, time
from pathlib import Path
from core import data, metrics, modelfile, models, preprocessing
began = time.perf_counter()
model = models.build(modelfile.read(Path(sys.argv[1])))
clean, poisoned = (data.open_images(Path(path)) for path in sys.argv[2:])
tests = metrics.TestSets(clean=clean, poisoned=(data.as_poisoned(poisoned),))
predictions = metrics.predict(model, tests, preprocessing.named("/255"))
evaluation = metrics.evaluate(predictions, tests)
attack = evaluation.attacks[0]
figures = [evaluation.clean_accuracy.value, attack.attack_success_rate.value]
assert attack.floor and len(evaluation.per_class) == 258
"""

_REPORT = """
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peak_mb": peak, "figures": figures}))
"""


def main() -> None:
    """Print both sides and their ratio, medians over the rounds."""
    faces = shared_data.folder() / "csaw"
    with tempfile.TemporaryDirectory() as folder:
        model, clean = Path(folder) / "model.h5", Path(folder) / "clean.h5"
        weights = modelfile.read(faces / "sunglasses_bd_weights.h5")
        modelfile.write(weights, model)
        shared_data.repeat(faces / "clean_test_data.h5", clean, n_images=12_830, dtype="float64")
        inputs = [model, clean, faces / "sunglasses_poisoned_data.h5"]
        rounds = [(_run(_OBVIOUS, inputs), _run(_NETMEND, inputs)) for _ in range(_ROUNDS)]
    for obvious, ours in rounds:
        assert obvious["figures"] == ours["figures"], (obvious, ours)
    obvious, ours = zip(*rounds, strict=True)
    print(f"clean accuracy and attack success on both sides: {ours[0]['figures']}")
    for name, unit in (("seconds", "s"), ("peak_mb", "MB")):
        theirs, mine = (statistics.median(row[name] for row in side) for side in (obvious, ours))
        print(
            f"{name}: obvious script {theirs:.2f} {unit}, netmend {mine:.2f} {unit}, "
            f"ratio {theirs / mine:.2f} (medians of {_ROUNDS})"
        )


def _run(script: str, inputs: list[Path]) -> dict:
    command = [sys.executable, "-c", script + _REPORT, *map(str, inputs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
