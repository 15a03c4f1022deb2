"""Numpy archives are read without unpickling anything."""

import io
import zipfile

import numpy as np
import pytest

from core import data, errors
from tests.unit.core.data import files

LABELS = np.arange(6)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("keys", [("data", "label"), ("images", "labels"), ("x", "y")])
def test_images_and_labels_are_found_by_name(tmp_path, save, keys):
    save(tmp_path / "a.npz", **dict(zip(keys, (files.faces(), LABELS), strict=True)))
    images = data.open_images(tmp_path / "a.npz")
    assert images.labels.tolist() == LABELS.tolist()
    assert (np.concatenate(list(images.chunks(4))) == files.faces()).all()


def test_going_back_reads_the_same_images_again(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", data=files.faces(), label=LABELS)
    images = data.open_images(tmp_path / "a.npz")
    assert (images.source.read(4, 6) == files.faces()[4:6]).all()
    assert (images.source.read(0, 2) == files.faces()[0:2]).all()


def test_pickled_objects_are_never_unpacked(tmp_path):
    objects = np.array([{"a": 1}] * 6, object)
    np.savez(tmp_path / "a.npz", data=objects, label=LABELS)
    with pytest.raises(errors.UnsafeFile, match="never unpacked"):
        data.open_images(tmp_path / "a.npz")


def test_column_order_is_refused_with_the_mend(tmp_path):
    np.savez(tmp_path / "a.npz", data=np.asfortranarray(files.faces()), label=LABELS)
    with pytest.raises(errors.InvalidDataset, match="ascontiguousarray"):
        data.open_images(tmp_path / "a.npz")


def test_a_header_that_declares_more_than_there_is_is_corrupt(tmp_path):
    content = _npy("{'descr': '|u1', 'fortran_order': False, 'shape': (9, 5, 4, 3)}", 10)
    files.zipped(tmp_path / "a.npz", {"data.npy": content, "label.npy": _saved(LABELS)})
    with pytest.raises(errors.CorruptFile, match="declares"):
        data.open_images(tmp_path / "a.npz")


@pytest.mark.parametrize("header", ["{", "(" * 3000, "[]", "{'descr': 7}", "\t\n  x", "'''"])
def test_a_damaged_header_is_corrupt(tmp_path, header):
    members = {"data.npy": _npy(header, 10), "label.npy": _saved(LABELS)}
    files.zipped(tmp_path / "a.npz", members)
    with pytest.raises(errors.CorruptFile):
        data.open_images(tmp_path / "a.npz")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    zeros = np.zeros((6, 3000, 3000, 3), np.uint8)
    np.savez_compressed(tmp_path / "a.npz", data=zeros, label=LABELS)
    with pytest.raises(errors.TooLarge, match="bomb"):
        data.open_images(tmp_path / "a.npz")


def test_a_truncated_archive_is_corrupt(tmp_path):
    np.savez(tmp_path / "a.npz", data=files.faces(), label=LABELS)
    path = tmp_path / "a.npz"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(errors.CorruptFile):
        data.open_images(path)


def test_damage_is_found_when_it_is_read(tmp_path):
    np.savez(tmp_path / "a.npz", data=files.faces(), label=LABELS)
    content = bytearray((tmp_path / "a.npz").read_bytes())
    content[300] ^= 255
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(errors.CorruptFile):
        list(data.open_images(tmp_path / "a.npz").chunks(6))


def test_a_member_without_the_ending_is_no_array(tmp_path):
    members = {"data": _saved(files.faces()), "label.npy": _saved(LABELS)}
    files.zipped(tmp_path / "a.npz", members)
    with pytest.raises(errors.NotADataset, match="holds 'label'"):
        data.open_images(tmp_path / "a.npz")


def test_other_packing_is_refused(tmp_path):
    members = {"data.npy": _saved(files.faces()), "label.npy": _saved(LABELS)}
    files.zipped(tmp_path / "a.npz", members, zipfile.ZIP_LZMA)
    with pytest.raises(errors.UnsupportedFormat, match="deflate"):
        data.open_images(tmp_path / "a.npz")


def test_another_version_of_the_header_is_refused(tmp_path):
    content = b"\x93NUMPY\x09\x00" + _saved(files.faces())[8:]
    files.zipped(tmp_path / "a.npz", {"data.npy": content, "label.npy": _saved(LABELS)})
    with pytest.raises(errors.UnsupportedFormat, match="version"):
        data.open_images(tmp_path / "a.npz")


def test_a_single_number_for_all_labels_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", data=files.faces(), label=3)
    with pytest.raises(errors.InvalidDataset, match="a single number"):
        data.open_images(tmp_path / "a.npz")


def test_labels_are_not_needed_to_predict(tmp_path):
    np.savez(tmp_path / "a.npz", data=files.faces())
    assert len(data.open_pictures([tmp_path / "a.npz"])) == 6


def _saved(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def _npy(header, n_bytes):
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(n_bytes)
