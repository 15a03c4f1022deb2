"""HDF5 data sets: every way they are stored is read alike, and traps are not stepped into."""

import h5py
import numpy as np
import pytest

from core import data, errors
from tests.unit.core.data import files

LABELS = np.arange(6)
PACKINGS = {
    "contiguous": {},
    "gzip": {"compression": "gzip", "chunks": True},
    "everything": {"compression": "gzip", "shuffle": True, "fletcher32": True},
    "across-channels": {"compression": "gzip", "chunks": (4, 1, 3, 3)},
    "one-image": {"chunks": (1, 3, 5, 4)},
}


@pytest.mark.parametrize("packing", PACKINGS.values(), ids=PACKINGS)
@pytest.mark.parametrize("size", [1, 4, 5, 6, 100])
def test_chunks_give_all_images_in_order(tmp_path, packing, size):
    stored = files.faces().transpose(0, 3, 1, 2)
    images = data.open_images(files.h5(tmp_path / "a.h5", stored, LABELS, **packing))
    parts = list(images.chunks(size))
    assert max(len(part) for part in parts) <= size
    assert (np.concatenate(parts) == files.faces()).all()


@pytest.mark.parametrize("packing", PACKINGS.values(), ids=PACKINGS)
def test_at_gives_images_in_any_order_and_twice(tmp_path, packing, monkeypatch):
    monkeypatch.setattr("core.data.images.CACHE_BYTES", 0)
    stored = files.faces().transpose(0, 3, 1, 2)
    images = data.open_images(files.h5(tmp_path / "a.h5", stored, LABELS, **packing))
    wanted = [5, 0, 3, 3, 4]
    assert (images.at(wanted) == files.faces()[wanted]).all()


@pytest.mark.parametrize("dtype", ["u1", "i2", ">i4", "u8", "f2", "f4", ">f8"])
def test_any_number_type_is_read_as_it_is_stored(tmp_path, dtype):
    stored = files.faces(dtype=dtype)
    images = data.open_images(files.h5(tmp_path / "a.h5", stored, LABELS))
    assert images.dtype == np.dtype(dtype)
    assert (images.at([1]) == stored[[1]]).all()


def test_grayscale_without_a_channel_axis_gets_one(tmp_path):
    stored = files.faces(channels=1)[..., 0]
    images = data.open_images(files.h5(tmp_path / "a.h5", stored, LABELS))
    assert images.shape == (6, 5, 4, 1)
    assert (images.at(LABELS) == stored[..., None]).all()


def test_true_labels_are_read(tmp_path):
    path = files.h5(tmp_path / "a.h5", files.faces(), LABELS * 0, true_labels=LABELS)
    images = data.open_images(path)
    assert images.labels.tolist() == [0] * 6
    assert images.true_labels.tolist() == LABELS.tolist()


def test_an_external_link_is_refused(tmp_path):
    path = files.h5(tmp_path / "a.h5", files.faces(), LABELS)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["data"] = h5py.ExternalLink(str(path), "data")
        file["label"] = LABELS
    with pytest.raises(errors.UnsafeFile, match="'data' is a link"):
        data.open_images(tmp_path / "b.h5")


def test_external_storage_is_refused(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(bytes(6 * 5 * 4 * 3))
    with h5py.File(tmp_path / "b.h5", "w") as file:
        place = [(str(secret), 0, h5py.h5f.UNLIMITED)]
        file.create_dataset("data", (6, 5, 4, 3), "u1", external=place)
        file["label"] = LABELS
    with pytest.raises(errors.UnsafeFile, match="lies in another file"):
        data.open_images(tmp_path / "b.h5")


def test_a_virtual_data_set_is_refused(tmp_path):
    path = files.h5(tmp_path / "a.h5", files.faces(), LABELS)
    layout = h5py.VirtualLayout((6, 5, 4, 3), "u1")
    layout[:] = h5py.VirtualSource(str(path), "data", (6, 5, 4, 3))
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.create_virtual_dataset("data", layout)
        file["label"] = LABELS
    with pytest.raises(errors.UnsafeFile, match="lies in another file"):
        data.open_images(tmp_path / "b.h5")


@pytest.mark.parametrize("packing", [{"compression": "lzf"}, {"scaleoffset": 0}])
def test_other_filters_are_refused(tmp_path, packing):
    path = files.h5(tmp_path / "a.h5", files.faces(), LABELS, **packing)
    with pytest.raises(errors.UnsafeFile, match="shuffle, gzip, fletcher32"):
        data.open_images(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    zeros = np.zeros((6, 3000, 3000, 3), np.uint8)
    path = files.h5(tmp_path / "a.h5", zeros, LABELS, compression="gzip")
    with pytest.raises(errors.TooLarge, match="bomb"):
        data.open_images(path)


def test_chunks_that_were_never_written_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("data", (6, 5, 4, 3), "u1", chunks=(2, 5, 4, 3))[:2] = 1
        file["label"] = LABELS
    with pytest.raises(errors.CorruptFile, match="1 of 3 chunks"):
        data.open_images(tmp_path / "a.h5")


def test_an_enormous_chunk_is_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("data", (6, 20000, 20000, 3), "u1", chunks=(1, 20000, 20000, 1))
        file["label"] = LABELS
    with pytest.raises(errors.TooLarge, match="chunks of 400000000 bytes"):
        data.open_images(tmp_path / "a.h5")


def test_a_truncated_file_is_corrupt(tmp_path):
    path = files.h5(tmp_path / "a.h5", files.faces(n=600), np.arange(600))
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(errors.CorruptFile, match="is truncated or damaged"):
        data.open_images(path)


def test_damage_inside_a_chunk_is_found_when_it_is_read(tmp_path):
    packing = PACKINGS["everything"]
    path = files.h5(tmp_path / "a.h5", files.faces(n=600), np.arange(600), **packing)
    with h5py.File(path) as file:
        offset = file["data"].id.get_chunk_info(0).byte_offset
    with path.open("r+b") as file:
        file.seek(offset + 40)
        file.write(b"damage")
    with pytest.raises(errors.CorruptFile):
        list(data.open_images(path).chunks(64))


def test_a_model_is_not_a_data_set(tmp_path):
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["layer_names"] = ["conv_1"]
        file.create_group("conv_1")
    with pytest.raises(errors.NotADataset, match="looks like a Keras model"):
        data.open_images(tmp_path / "model.h5")


def test_a_file_without_images_says_what_it_holds(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["pixels"] = files.faces()
    with pytest.raises(errors.NotADataset, match="holds 'pixels'"):
        data.open_images(tmp_path / "a.h5")


@pytest.mark.parametrize("content", [np.array([b"a"] * 6), np.ones(6, complex)])
def test_images_that_are_not_numbers_are_refused(tmp_path, content):
    with pytest.raises(errors.InvalidDataset, match="integers or floats"):
        data.open_images(files.h5(tmp_path / "a.h5", content, LABELS))


def test_an_array_without_content_is_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["data"] = h5py.Empty("u1")
        file["label"] = LABELS
    with pytest.raises(errors.InvalidDataset, match="is empty"):
        data.open_images(tmp_path / "a.h5")


@pytest.mark.data
def test_the_csaw_faces_are_read(shared_data):
    images = data.open_images(shared_data / "csaw" / "clean_test_data.h5")
    assert images.shape == (294, 55, 47, 3)
    assert images.source.layout == "NCHW"
    with h5py.File(shared_data / "csaw" / "clean_test_data.h5") as file:
        expected = file["data"][:].transpose(0, 2, 3, 1)
    assert (np.concatenate(list(images.chunks(50))) == expected).all()


@pytest.mark.data
def test_a_real_model_is_not_a_data_set(shared_data):
    with pytest.raises(errors.NotADataset, match="Keras model"):
        data.open_images(shared_data / "csaw" / "sunglasses_bd_weights.h5")
