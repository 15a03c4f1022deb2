"""Chunks unpacked by us are those that HDF5 unpacks, and never larger than their shape."""

import zlib

import h5py
import numpy as np
import pytest

from core import errors
from core.data.chunks import Chunks

PACKINGS = {
    "plain": {},
    "gzip": {"compression": "gzip"},
    "shuffle": {"shuffle": True},
    "fletcher32": {"fletcher32": True},
    "everything": {"compression": "gzip", "shuffle": True, "fletcher32": True},
}


@pytest.fixture
def file():
    with h5py.File("chunks.h5", "w", driver="core", backing_store=False) as file:
        yield file


def written(file, shape, dtype, chunks, **packing):
    array = np.random.default_rng(0).integers(0, 100, shape).astype(dtype)
    file.create_dataset("data", data=array, chunks=chunks, **packing)
    return array


@pytest.mark.parametrize("packing", PACKINGS.values(), ids=PACKINGS)
@pytest.mark.parametrize("dtype", ["u1", "<i2", ">f4", "<f8"])
def test_rows_are_those_that_were_written(file, packing, dtype):
    array = written(file, (23, 5, 7), dtype, (4, 3, 7), **packing)
    chunks = Chunks(file["data"], what="data")
    assert (chunks.rows(0, 23) == array).all()
    assert (chunks.rows(3, 13) == array[3:13]).all()
    assert (chunks.rows(20, 99) == array[20:]).all()


def test_a_checksum_over_an_odd_number_of_bytes_is_read(file):
    array = written(file, (9, 3), "u1", (3, 3), fletcher32=True)
    assert (Chunks(file["data"], what="data").rows(0, 9) == array).all()


def replaced(file, content, **packing):
    written(file, (4, 4), "u1", (4, 4), **packing)
    file["data"].id.write_direct_chunk((0, 0), content)
    return Chunks(file["data"], what="data")


@pytest.mark.parametrize("n_bytes", [21, 10_000, 1 << 26])
def test_a_chunk_that_holds_more_than_its_shape_is_refused(file, n_bytes):
    chunks = replaced(file, zlib.compress(bytes(n_bytes), 9), compression="gzip")
    with pytest.raises(errors.InvalidInput, match="data has a chunk"):
        chunks.rows(0, 4)


def test_a_chunk_that_is_stored_larger_than_its_shape_is_refused(file):
    with pytest.raises(errors.TooLarge):
        replaced(file, bytes(1000), compression="gzip").rows(0, 4)


@pytest.mark.parametrize("content", [zlib.compress(b"few"), zlib.compress(bytes(16))[:-6]])
def test_a_chunk_that_holds_less_is_damage(file, content):
    with pytest.raises((errors.CorruptFile, zlib.error)):
        replaced(file, content, compression="gzip").rows(0, 4)


def test_a_wrong_checksum_is_damage(file):
    with pytest.raises(errors.CorruptFile, match="checksum"):
        replaced(file, bytes(16) + b"\1\2\3\4", fletcher32=True).rows(0, 4)
