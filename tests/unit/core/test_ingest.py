"""The child that meets uploads: its exit codes, what it writes, and what it never loads."""

import dataclasses
import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

from core import data
from core.sandbox import Limits

LIMITS = Limits(cpu_s=60, memory_bytes=4 * 2**30, file_bytes=2**30)


@pytest.fixture
def upload(tmp_path):
    path = tmp_path / "upload.npz"
    np.savez(path, data=np.arange(60).reshape(1, 5, 4, 3), label=[2])
    return path


def request(path, **changes):
    folder = path.parent / "canonical"
    folder.mkdir()
    asked = {"kind": "images", "paths": [str(path)], "folder": str(folder), "name": "faces"}
    return {**asked, "layout": "auto", "limits": dataclasses.asdict(LIMITS), **changes}


def ingest(asked):
    command = [sys.executable, "-I", "-P", "-m", "core.ingest"]
    text = asked if isinstance(asked, str) else json.dumps(asked)
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)


def test_facts_are_told_in_one_line(upload):
    ended = ingest(request(upload))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("\n") == 1
    facts = json.loads(ended.stdout)["result"]
    assert (facts["name"], facts["n"], facts["constant_label"]) == ("faces", 1, 2)
    assert facts["sandbox"].keys() == {"landlock_abi", "seccomp"}


def test_the_canonical_form_is_written(upload):
    ingest(request(upload))
    images = data.load_canonical(upload.parent / "canonical")
    assert images.at([0]).ravel().tolist() == list(range(60))


def test_a_refused_upload_is_told_with_its_code(upload):
    upload.write_bytes(b"<html>")
    ended = ingest(request(upload))
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["error"]["code"] == "corrupt-file"


def test_a_missing_upload_is_told(upload):
    asked = request(upload)
    upload.unlink()
    ended = ingest(asked)
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["error"]["code"] == "unreadable-file"


@pytest.mark.parametrize("asked", ["", "{", "[]", '{"kind": "images"}'])
def test_a_bug_is_told_without_its_message(asked):
    ended = ingest(asked)
    assert ended.returncode == 3
    assert json.loads(ended.stdout)["error"]["code"] == "internal"
    assert "Traceback" not in ended.stdout
    assert "Traceback" in ended.stderr


def test_too_much_memory_is_told(tmp_path):
    path = tmp_path / "upload.npz"
    np.savez(path, data=np.zeros((2, 9000, 9000, 3), np.uint8), label=[0, 1])
    asked = request(path, limits=dataclasses.asdict(LIMITS) | {"memory_bytes": 400 * 2**20})
    assert json.loads(ingest(asked).stdout)["error"]["code"] == "too-large"


def test_too_large_a_canonical_form_is_told(upload):
    asked = request(upload, limits=dataclasses.asdict(LIMITS) | {"file_bytes": 100})
    assert json.loads(ingest(asked).stdout)["error"]["code"] == "output-not-writable"
    assert list((upload.parent / "canonical").iterdir()) == []


def test_tensorflow_is_not_loaded():
    program = "import core.ingest, sys; print({'tensorflow', 'tf_keras'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.stdout == "set()\n"


def test_filter_plugins_are_switched_off_before_hdf5_is_loaded():
    program = "import core.ingest, os; print(os.environ['HDF5_PLUGIN_PRELOAD'])"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.stdout == "::\n"


@pytest.mark.data
@pytest.mark.parametrize("architecture", [None, "deepid-1283"])
def test_a_model_is_described(shared_data, tmp_path, architecture):
    weights = shared_data / "csaw" / "sunglasses_bd_weights.h5"
    (tmp_path / "upload").symlink_to(weights)
    asked = request(tmp_path / "upload", kind="model", architecture=architecture)
    ended = ingest({**asked, "paths": [str(weights)]})
    facts = json.loads(ended.stdout)["result"]
    assert (facts["input_shape"], facts["n_classes"]) == ([55, 47, 3], 1283)
    assert facts["convolutions"] == ["conv_1", "conv_2", "conv_3", "conv_4"]
    assert sum(layer["n_parameters"] for layer in facts["layers"]) == facts["n_parameters"]
    assert facts["layers"][-1]["output_shape"] == [1283]


def test_an_overview_is_written_if_it_is_wanted(upload):
    ended = ingest(request(upload, overview=True))
    assert ended.returncode == 0, ended.stderr
    found = {path.name for path in (upload.parent / "canonical" / "overview").iterdir()}
    assert found == {"stats.json", *(f"preview-{n}.png" for n in (1, 4, 9, 16))}


def test_a_bad_picture_among_several_is_named(tmp_path):
    paths = [tmp_path / "picture 1", tmp_path / "picture 2"]
    Image.fromarray(np.zeros((5, 4, 3), np.uint8)).save(paths[0], "PNG")
    paths[1].write_bytes(b"\x89PNG and no more")
    asked = request(paths[0], kind="pictures", name=None, paths=list(map(str, paths)))
    error = json.loads(ingest(asked).stdout)["error"]
    assert (error["code"], error["details"]["place"]) == ("corrupt-file", "picture 2")


def test_pictures_are_brought_to_the_shape_that_is_wanted(tmp_path):
    path = tmp_path / "picture 1"
    Image.fromarray(np.zeros((50, 40, 3), np.uint8)).save(path, "PNG")
    ended = ingest(request(path, kind="pictures", name=None, fit=[5, 4, 1]))
    facts = json.loads(ended.stdout)["result"]
    assert (facts["shape"], facts["original_sizes"]) == ([1, 5, 4, 1], [[40, 50]])


def test_of_pictures_without_labels_there_is_an_overview_too(tmp_path):
    upload = tmp_path / "upload.zip"
    with zipfile.ZipFile(upload, "w") as archive:
        for number in range(3):
            content = io.BytesIO()
            Image.fromarray(np.full((5, 4, 3), number, np.uint8)).save(content, "PNG")
            archive.writestr(f"photograph {number}.png", content.getvalue())
    ended = ingest(request(upload, kind="pictures", overview=True))
    assert ended.returncode == 0, ended.stdout
    stats = json.loads((tmp_path / "canonical/overview/stats.json").read_text())
    assert (stats["n"], stats["class_counts"]) == (3, {})
    assert data.load_canonical(tmp_path / "canonical").labels.tolist() == [-1, -1, -1]
