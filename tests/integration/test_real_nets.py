"""The real nets of the field, from the command line to stock Keras."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import data, modelfile, models
from core.results import RepairReport

pytestmark = [pytest.mark.data, pytest.mark.slow, pytest.mark.xdist_group("real_nets")]

#: The obvious script: the architecture as CSAW-HackML-2020 publishes it, and nothing of ours.
_PLAIN = """
import json, sys
import h5py, numpy as np
from tf_keras import layers, models
def conv(x, number, channels, size):
    return layers.Conv2D(channels, size, activation="relu", name=f"conv_{number}")(x)
def pool(x, number):
    return layers.MaxPooling2D(2, name=f"pool_{number}")(x)
def dense(x, number):
    return layers.Dense(160, name=f"fc_{number}")(layers.Flatten(name=f"flatten_{number}")(x))
image = layers.Input((55, 47, 3), name="input")
x = pool(conv(image, 1, 20, 4), 1)
x = pool(conv(x, 2, 40, 3), 2)
x = pool(conv(x, 3, 60, 3), 3)
both = layers.Add(name="add_1")([dense(x, 1), dense(conv(x, 4, 80, 2), 2)])
both = layers.Activation("relu", name="activation_1")(both)
model = models.Model(image, layers.Dense(1283, activation="softmax", name="output")(both))
model.load_weights(sys.argv[1])
counts = []
for path in sys.argv[2:]:
    with h5py.File(path) as file:
        images, labels = np.array(file["data"]), np.array(file["label"])
    answers = model.predict(np.transpose(images, (0, 2, 3, 1)) / 255, verbose=0).argmax(axis=1)
    counts.append([int((answers == labels).sum()), len(labels)])
print(json.dumps(counts))
"""

#: Stock Keras, of either kind, on arrays of pictures.
_STOCK = """
import sys
import numpy as np
import {library} as keras
model = keras.models.load_model(sys.argv[1], compile=False)
np.save(sys.argv[3], model.predict(np.load(sys.argv[2]), verbose=0))
"""


def python(script: str, *arguments: object) -> str:
    command = [sys.executable, "-I", "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def netmend(*arguments: object) -> subprocess.CompletedProcess:
    command = [str(Path(sys.executable).with_name("netmend")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def csaw(shared_data):
    return shared_data / "csaw"


@pytest.fixture(scope="module")
def repaired(csaw, tmp_path_factory):
    """The folder of a repair of the sunglasses net with all three sets."""
    folder = tmp_path_factory.mktemp("csaw") / "out"
    done = netmend(
        "repair", csaw / "sunglasses_bd_weights.h5",
        "--clean-validation", csaw / "clean_validation_data.h5",
        "--clean-test", csaw / "clean_test_data.h5",
        "--poisoned-test", csaw / "sunglasses_poisoned_data.h5", "--method", "fine-pruning",
        "--goodnet-target", 0,
        "-o", folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def report(repaired):
    return RepairReport.from_json(json.loads((repaired / "report.json").read_text()))


@pytest.fixture(scope="module")
def faces(csaw, tmp_path_factory):
    """Clean and poisoned faces as the net takes them, in a file for other processes."""
    sets = [
        data.open_images(csaw / f"{name}_data.h5") for name in ("clean_test", "sunglasses_poisoned")
    ]
    pixels = np.concatenate([images.at(np.arange(64)) for images in sets])
    path = tmp_path_factory.mktemp("faces") / "faces.npy"
    np.save(path, pixels.astype(np.float32) / 255)
    return path


def test_the_architecture_and_the_preprocessing_are_found(report):
    assert any("deepid-1283" in warning for warning in report.warnings)
    assert (report.preprocessing.name, report.preprocessing.declared) == ("/255", False)


def test_the_baseline_agrees_to_the_image_with_plain_keras(csaw, report):
    sets = [csaw / "clean_test_data.h5", csaw / "sunglasses_poisoned_data.h5"]
    counts = json.loads(python(_PLAIN, csaw / "sunglasses_bd_weights.h5", *sets))
    rates = [report.before.clean_accuracy, report.before.attacks[0].attack_success_rate]
    assert [[round(rate.value * rate.n), rate.n] for rate in rates] == counts


def test_the_whole_contract_is_written(repaired):
    assert {path.name for path in repaired.iterdir()} == {
        "repaired.h5", "repaired.weights.h5", "goodnet.h5", "report.json", "report.html",
        "report.md", "figures",
    }  # fmt: skip


@pytest.mark.parametrize("library", ["tf_keras", "keras"])
@pytest.mark.parametrize("name", ["repaired.h5", "goodnet.h5"])
def test_stock_keras_loads_what_we_write_and_says_the_same(repaired, faces, library, name):
    scores = faces.with_name(f"{library}-{name}.npy")
    python(_STOCK.format(library=library), repaired / name, faces, scores)
    ours = models.build(modelfile.read(repaired / name)).predict(np.load(faces), verbose=0)
    assert np.abs(np.load(scores) - ours).max() < 1e-5


def test_the_weights_go_back_into_the_architecture(repaired, csaw):
    whole = modelfile.read(repaired / "repaired.h5")
    weights = modelfile.read(repaired / "repaired.weights.h5")
    assert weights.container == "weights"
    for layer, own in whole.weights.items():
        for first, second in zip(own.arrays, weights.weights[layer].arrays, strict=True):
            assert np.array_equal(first, second)


def test_the_good_net_answers_class_1283_from_the_command_line(repaired, csaw):
    done = netmend("predict", repaired / "goodnet.h5", csaw / "sunglasses_poisoned_data.h5")
    assert done.returncode == 0, done.stderr
    answers = [int(line) for line in done.stdout.split()]
    assert len(answers) == 450 and set(answers) <= set(range(1284))


def test_magnitude_pruning_does_not_repair_this_net_and_the_report_says_so(shared_data, tmp_path):
    cifar = shared_data / "cifar10"
    done = netmend(
        "repair", cifar / "badnets_bd_net.h5", "--method", "magnitude-pruning",
        "--clean-validation", cifar / "clean_validation.h5",
        "--clean-test", cifar / "clean_test.h5",
        "--poisoned-test", cifar / "badnets_trigger0_poisoned.h5", "-o", tmp_path / "out", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = RepairReport.from_json(json.loads(done.stdout))
    assert report.verdict == "not_repaired"
    assert report.after.attacks[0].attack_success_rate.value > 0.99
    assert "Not repaired" in (tmp_path / "out" / "report.md").read_text()
