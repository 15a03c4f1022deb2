"""What is refused, whatever form it comes in; and arrays that are in memory already."""

import hashlib

import numpy as np
import pytest

from core import data, errors
from tests.unit.core.data import files

LABELS = np.arange(6)


def test_a_set_is_named_and_hashed_for_its_file(tmp_path):
    path = files.h5(tmp_path / "a.h5", files.faces(), LABELS)
    images = data.open_images(path)
    assert images.name == "a.h5"
    assert images.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert data.open_images(path, name="faces").name == "faces"


def test_a_missing_file_is_unreadable(tmp_path):
    with pytest.raises(errors.UnreadableFile, match="No such file"):
        data.open_images(tmp_path / "a.h5")


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x89HDX\r\n\x1a\n"])
def test_something_else_is_not_hdf5(tmp_path, content):
    (tmp_path / "a.h5").write_bytes(content)
    with pytest.raises(errors.NotHdf5, match="neither HDF5 nor"):
        data.open_images(tmp_path / "a.h5")


def test_an_npz_that_is_no_archive_is_corrupt(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"12345678")
    with pytest.raises(errors.CorruptFile, match="not a zip archive"):
        data.open_images(tmp_path / "a.npz")


def test_a_single_picture_is_not_a_data_set(tmp_path):
    (tmp_path / "a.png").write_bytes(files.picture(files.faces()[0]))
    with pytest.raises(errors.NotADataset, match="single picture"):
        data.open_images(tmp_path / "a.png")


def test_an_empty_set_is_refused(tmp_path):
    path = files.h5(tmp_path / "a.h5", files.faces(n=0), LABELS[:0])
    with pytest.raises(errors.InvalidDataset, match="empty"):
        data.open_images(path)


def test_fewer_labels_than_images_are_refused(tmp_path):
    path = files.h5(tmp_path / "a.h5", files.faces(), LABELS[:5])
    with pytest.raises(errors.InvalidDataset, match="6 images and 5 labels"):
        data.open_images(path)


@pytest.mark.parametrize("dtype", ["u1", "i8", "f4", ">f8"])
@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_whole_labels_of_any_type_become_int64(dtype, shape):
    images = data.from_arrays(files.faces(), LABELS.astype(dtype).reshape(shape))
    assert images.labels.dtype == np.int64
    assert images.labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize("label", [-1, 0.5, np.nan, np.inf, 2.0**31])
def test_a_label_that_is_no_class_is_refused(label):
    labels = LABELS.astype(float)
    labels[4] = label
    with pytest.raises(errors.LabelOutOfRange, match="of image 4"):
        data.from_arrays(files.faces(), labels)


@pytest.mark.parametrize("labels", [["a"] * 6, [True] * 6, [1j] * 6])
def test_labels_that_are_not_numbers_are_refused(labels):
    with pytest.raises(errors.LabelOutOfRange, match="must be numbers"):
        data.from_arrays(files.faces(), labels)


def test_one_hot_labels_are_refused_with_the_mend():
    with pytest.raises(errors.InvalidDataset, match="argmax"):
        data.from_arrays(files.faces(), np.eye(6))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_a_pixel_that_is_not_finite_is_refused(value, dtype):
    stored = files.faces(dtype=dtype)
    stored[3, 1, 1, 1] = value
    with pytest.raises(errors.InvalidDataset, match="image 3 has a pixel"):
        data.from_arrays(stored, LABELS)


def test_a_pixel_that_is_not_finite_is_found_in_a_later_chunk(tmp_path):
    stored = files.faces(dtype=float)
    stored[4, 0, 0, 0] = np.nan
    images = data.open_images(files.h5(tmp_path / "a.h5", stored, LABELS))
    with pytest.raises(errors.InvalidDataset, match="image 4"):
        list(images.chunks(2))


def test_large_numbers_that_overflow_their_sum_are_finite():
    stored = np.full((6, 5, 4, 3), 1e308)
    assert data.from_arrays(stored, LABELS).shape == (6, 5, 4, 3)


@pytest.mark.parametrize("layout", ["auto", "NCHW"])
def test_channels_first_is_read_channels_last(layout):
    images = data.from_arrays(files.faces().transpose(0, 3, 1, 2), LABELS, layout=layout)
    assert (images.at(LABELS) == files.faces()).all()


def test_a_declared_layout_is_believed():
    assert data.from_arrays(files.faces(), LABELS, layout="NCHW").shape == (6, 4, 3, 5)


def test_a_layout_that_cannot_be_told_is_asked_for():
    with pytest.raises(errors.InvalidDataset, match="NCHW or NHWC"):
        data.from_arrays(files.faces(height=3, width=4, channels=3), LABELS)


def test_an_unknown_layout_is_refused():
    with pytest.raises(errors.InvalidParams, match="NCHW, NHWC"):
        data.from_arrays(files.faces(), LABELS, layout="CHWN")


@pytest.mark.parametrize("shape", [(6,), (6, 60), (6, 1, 5, 4, 3)])
def test_arrays_that_are_no_images_are_refused(shape):
    with pytest.raises(errors.InvalidDataset, match="3 for grayscale"):
        data.from_arrays(np.zeros(shape), LABELS)
