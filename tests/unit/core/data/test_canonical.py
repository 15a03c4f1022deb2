"""The canonical form keeps every pixel and every label."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core import data, errors
from tests.unit.core.data import files

LABELS = np.arange(6)
INTEGERS = ["u1", "i1", "u2", ">i2", "i4", "u8"]
FLOATS = ["f2", ">f4", "f8"]


@st.composite
def stored_images(draw):
    """Images of any number type in any layout, as they may lie in a file."""
    dtype = np.dtype(draw(st.sampled_from(INTEGERS + FLOATS)))
    shape = draw(st.sampled_from([(3, 2, 5, 4), (3, 5, 4, 2), (3, 5, 4)]))
    whole = st.integers(0, 127 if dtype.itemsize == 1 else 255)
    fractions = st.floats(-9, 9, width=16)
    values = draw(st.sampled_from([whole, fractions])) if dtype.kind == "f" else whole
    return draw(arrays.arrays(dtype, shape, elements=values))


@given(stored_images())
def test_any_type_and_layout_comes_back(tmp_path_factory, stored):
    folder = tmp_path_factory.mktemp("canonical")
    images = data.from_arrays(stored, np.arange(3))
    data.save_canonical(images, folder)
    back = data.load_canonical(folder)
    whole = bool(((stored >= 0) & (stored == np.floor(stored))).all())
    assert back.dtype == (np.uint8 if whole else np.float32)
    assert back.shape == images.shape
    assert (back.at([0, 1, 2]) == images.at([0, 1, 2]).astype(np.float32)).all()


def test_labels_names_and_hash_come_back(tmp_path):
    members = {
        "dog/1.png": files.picture(files.faces()[0]),
        "cat/1.png": files.picture(files.faces()[1]),
    }
    images = data.open_images(files.zipped(tmp_path / "a.zip", members))
    data.save_canonical(images, tmp_path / "canonical")
    back = data.open_images(tmp_path / "canonical")
    assert (back.name, back.sha256) == ("a.zip", images.sha256)
    assert back.class_names == ("cat", "dog")
    assert back.labels.tolist() == [0, 1]
    assert back.true_labels is None


def test_true_labels_come_back(tmp_path):
    images = data.from_arrays(files.faces(), LABELS * 0, true_labels=LABELS)
    data.save_canonical(images, tmp_path)
    assert data.load_canonical(tmp_path).true_labels.tolist() == LABELS.tolist()


def test_facts_say_what_was_found(tmp_path):
    stored = files.faces(dtype=float).transpose(0, 3, 1, 2)
    path = files.h5(tmp_path / "a.h5", stored, np.full(6, 4.0), true_labels=LABELS)
    facts = data.save_canonical(data.open_images(path), tmp_path / "canonical")
    assert (facts.name, facts.n, facts.shape) == ("a.h5", 6, (6, 5, 4, 3))
    assert (facts.layout, facts.stored_dtype, facts.value_range) == ("NCHW", "float64", (0, 250))
    assert (facts.label_range, facts.n_classes, facts.constant_label) == ((4, 4), 1, 4)
    assert facts.has_true_label
    assert json.loads((tmp_path / "canonical" / "facts.json").read_text())["layout"] == "NCHW"


def test_facts_of_pictures_know_no_labels(tmp_path):
    (tmp_path / "a.png").write_bytes(files.picture(files.faces()[0]))
    facts = data.save_canonical(data.open_pictures([tmp_path / "a.png"]), tmp_path / "canonical")
    assert (facts.label_range, facts.n_classes, facts.constant_label) == (None, 0, None)
    assert facts.layout == "pictures"


@pytest.mark.parametrize("value", [0.5, -1, 256])
def test_one_pixel_that_is_no_byte_makes_all_floats(tmp_path, value, monkeypatch):
    monkeypatch.setattr("core.data.canonical._CHUNK_BYTES", 1)
    stored = files.faces(dtype=float)
    stored[5, 4, 3, 2] = value
    facts = data.save_canonical(data.from_arrays(stored, LABELS), tmp_path)
    back = data.load_canonical(tmp_path)
    assert back.dtype == np.float32
    assert (back.at(LABELS) == stored).all()
    assert facts.value_range == (min(value, 0), max(value, 250))


def test_a_number_too_large_for_float32_is_refused(tmp_path):
    with pytest.raises(errors.InvalidDataset, match="infinite"):
        data.save_canonical(data.from_arrays(np.full((6, 5, 4, 3), 1e300), LABELS), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(errors.OutputNotWritable, match="No space left"):
        data.save_canonical(data.from_arrays(files.faces(), LABELS), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", ["facts.json", "labels.npy", "images.npy"])
def test_a_truncated_folder_is_corrupt(tmp_path, part):
    data.save_canonical(data.from_arrays(files.faces(), LABELS), tmp_path)
    path = tmp_path / part
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(errors.CorruptFile):
        data.load_canonical(tmp_path)


def test_parts_of_two_folders_are_corrupt(tmp_path):
    data.save_canonical(data.from_arrays(files.faces(), LABELS), tmp_path)
    np.save(tmp_path / "labels.npy", LABELS[:5])
    with pytest.raises(errors.CorruptFile, match="facts"):
        data.load_canonical(tmp_path)


def test_an_empty_folder_is_corrupt(tmp_path):
    with pytest.raises(errors.CorruptFile):
        data.load_canonical(tmp_path)
