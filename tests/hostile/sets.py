"""Data sets that unpickle, unpack, link or declare more than they should."""

import io
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import h5py
import numpy as np

from tests.unit.core.data import files

from .archives import CENTRAL, LOCAL, patched
from .kinds import Traps, hostile
from .storage import inflating

FACES = files.faces(n=6)
LABELS = np.arange(6)
GOOD_HEADER = "{'descr': '|u1', 'fortran_order': False, 'shape': (6, 5, 4, 3)}"


class Touch:
    """Makes the marker when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple:
        return open, (str(self.marker), "w")


def h5_set(path: Path, change) -> None:
    """A data set without its images, which `change` makes."""
    with h5py.File(path, "w") as file:
        file["label"] = LABELS
        change(file)


def npy(header: str, content: bytes = FACES.tobytes(), version: bytes = b"\x01\x00") -> bytes:
    text = header.encode() + b"\n"
    width = 2 if version == b"\x01\x00" else 4
    return b"\x93NUMPY" + version + len(text).to_bytes(width, "little") + text + content


def saved(array) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npz(path: Path, images: bytes, labels: bytes | None = None, **options) -> None:
    with zipfile.ZipFile(path, "w", **options) as zipped:
        zipped.writestr("data.npy", images)
        zipped.writestr("label.npy", saved(LABELS) if labels is None else labels)


def chunked(file, chunk: bytes, *, filters) -> None:
    """Images in one chunk, whose bytes are written as they are."""
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk(FACES.shape)
    filters(creation)
    space = h5py.h5s.create_simple(FACES.shape)
    array = h5py.h5d.create(file.id, b"data", h5py.h5t.NATIVE_UINT8, space, creation)
    array.write_direct_chunk((0, 0, 0, 0), chunk)


@hostile("unsafe-file", role="data set", suffix=".npz", stock="numpy unpickles if allowed")
def pickle_in_an_npz(path: Path, traps: Traps) -> None:
    """Images that are Python objects, and run code when they are unpickled."""
    objects = np.empty(6, object)
    objects[:] = [Touch(traps.marker)] * 6
    np.savez(path, data=objects, label=LABELS)


@hostile("unsafe-file", role="data set", suffix=".npz")
def pickle_in_the_labels(path: Path, traps: Traps) -> None:
    """Labels that are Python objects."""
    header = "{'descr': '|O', 'fortran_order': False, 'shape': (6,)}"
    npz(path, saved(FACES), npy(header, pickle.dumps(Touch(traps.marker))))


@hostile("unsafe-file", role="data set", suffix=".npz")
def pickle_in_a_record(path: Path, traps: Traps) -> None:
    """Images that are records with a Python object in them."""
    header = "{'descr': [('a', '|u1'), ('b', '|O')], 'fortran_order': False, 'shape': (6,)}"
    npz(path, npy(header, pickle.dumps(Touch(traps.marker))))


@hostile("corrupt-file", role="data set", suffix=".npz", stock="numpy asks for 4 TiB")
def header_that_declares_terabytes(path: Path, traps: Traps) -> None:
    """Images of 2⁴² bytes in a file of 200."""
    npz(path, npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,)}", b""))


@hostile("corrupt-file", role="data set", suffix=".npz")
def header_with_a_negative_size(path: Path, traps: Traps) -> None:
    """Images of a negative number of rows."""
    npz(path, npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-6, 5, 4, -3)}"))


@hostile("corrupt-file", role="data set", suffix=".npz")
def header_with_a_number_without_end(path: Path, traps: Traps) -> None:
    """Labels of 10³⁰ rows of nothing, which take no bytes and no machine can count."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({10**30}, 0)}}"
    npz(path, saved(FACES), npy(header, b""))


@hostile("corrupt-file", role="data set", suffix=".npz")
def header_that_nests(path: Path, traps: Traps) -> None:
    """A header that a parser would have to recurse for thousands of times."""
    signs = "-" * 3900
    npz(path, npy(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({signs}6,)}}"))


@hostile("corrupt-file", role="data set", suffix=".npz")
def header_without_end(path: Path, traps: Traps) -> None:
    """A header of a megabyte, which numpy would hand to a parser."""
    npz(path, npy(GOOD_HEADER + " " * (1 << 20), version=b"\x02\x00"))


@hostile("corrupt-file", role="data set", suffix=".npz")
def header_that_is_an_expression(path: Path, traps: Traps) -> None:
    """A header that is code, for readers that evaluate it."""
    code = f"open({str(traps.marker)!r}, 'w')"
    npz(path, npy(f"{{'descr': {code}, 'fortran_order': False, 'shape': (6,)}}"))


@hostile("too-large", role="data set", suffix=".npz", stock="numpy unpacks it: 1 GiB")
def npz_bomb(path: Path, traps: Traps) -> None:
    """Images of zeros that unpack to a thousand times their size."""
    zeros = np.zeros((6, 3000, 3000, 2), np.uint8)
    np.savez_compressed(path, data=zeros, label=LABELS)


@hostile("corrupt-file", role="data set", suffix=".npz")
def npz_that_lies_about_its_size(path: Path, traps: Traps) -> None:
    """A member that unpacks to far more than the archive says."""
    npz(path, saved(np.zeros((6, 900, 900, 3), np.uint8)), compression=zipfile.ZIP_DEFLATED)
    size = len(saved(FACES))
    patched(path, CENTRAL, 24, struct.pack("<I", size))
    patched(path, LOCAL, 22, struct.pack("<I", size))


@hostile("unsafe-file", role="data set", suffix=".npz")
def npz_with_a_password(path: Path, traps: Traps) -> None:
    """Members that need a password."""
    npz(path, saved(FACES))
    patched(path, CENTRAL, 8, b"\x01\x00")
    patched(path, LOCAL, 6, b"\x01\x00")


@hostile("unsafe-file", role="data set", suffix=".npz")
def npz_of_one_array_twice(path: Path, traps: Traps) -> None:
    """Members that share their bytes."""
    npz(path, saved(FACES))
    patched(path, CENTRAL, 42, struct.pack("<I", 0))


@hostile("unsupported-format", role="data set", suffix=".npz")
def npz_packed_with_bzip2(path: Path, traps: Traps) -> None:
    """A packing whose limits are not known."""
    npz(path, saved(FACES), compression=zipfile.ZIP_BZIP2)


@hostile("dataset-invalid", role="data set", suffix=".npz")
def pixels_that_are_nan(path: Path, traps: Traps) -> None:
    """Images of NaN."""
    np.savez(path, data=np.full((6, 5, 4, 3), np.nan), label=LABELS)


@hostile("label-out-of-range", role="data set", suffix=".npz")
def labels_without_end(path: Path, traps: Traps) -> None:
    """Labels of 10¹⁵, for which a table would be made."""
    np.savez(path, data=FACES, label=LABELS + 10**15)


@hostile("dataset-invalid", role="data set", suffix=".npz")
def labels_of_text(path: Path, traps: Traps) -> None:
    """Labels that are markup."""
    np.savez(path, data=FACES, label=np.array(["<script>"] * 6))


@hostile("unsafe-file", role="data set", stock="h5py reads the other file")
def images_behind_a_link(path: Path, traps: Traps) -> None:
    """Images that are a link into another file."""
    link = h5py.ExternalLink(str(traps.decoy_hdf5), "/secret")
    h5_set(path, lambda file: file.__setitem__("data", link))


@hostile("unsafe-file", role="data set")
def images_behind_a_soft_link(path: Path, traps: Traps) -> None:
    """Images that are a link to the labels."""
    h5_set(path, lambda file: file.__setitem__("data", h5py.SoftLink("/label")))


@hostile("unsafe-file", role="data set", stock="h5py reads the environment")
def images_of_the_environment(path: Path, traps: Traps) -> None:
    """Images whose pixels are the environment of whoever reads them."""
    place = [("/proc/self/environ", 0, FACES.size)]
    h5_set(path, lambda file: file.create_dataset("data", FACES.shape, "u1", external=place))


@hostile("unsafe-file", role="data set", stock="h5py reads the other file")
def images_of_another_file(path: Path, traps: Traps) -> None:
    """Images put together from another file."""
    layout = h5py.VirtualLayout(FACES.shape, "u1")
    layout[:] = h5py.VirtualSource(str(traps.decoy_hdf5), "secret", shape=FACES.shape)
    h5_set(path, lambda file: file.create_virtual_dataset("data", layout))


@hostile("too-large", role="data set")
def images_that_inflate(path: Path, traps: Traps) -> None:
    """Packed images of zeros, a thousand times as large as the file."""
    zeros = np.zeros((6, 3000, 3000, 2), np.uint8)
    h5_set(path, lambda file: file.create_dataset("data", data=zeros, compression="gzip"))


@hostile("too-large", role="data set", stock="h5py asks for 1 GB")
def images_that_over_inflate(path: Path, traps: Traps) -> None:
    """A packed chunk that holds far more than its shape."""
    deflate = lambda creation: creation.set_deflate(9)  # noqa: E731
    h5_set(path, lambda file: chunked(file, inflating(256), filters=deflate))


@hostile("corrupt-file", role="data set")
def images_that_under_inflate(path: Path, traps: Traps) -> None:
    """A packed chunk that holds less than its shape, so that the rest would be old memory."""
    deflate = lambda creation: creation.set_deflate(9)  # noqa: E731
    h5_set(path, lambda file: chunked(file, zlib.compress(b"few"), filters=deflate))


@hostile("unsafe-file", role="data set", stock="h5py unpacks it")
def images_packed_twice(path: Path, traps: Traps) -> None:
    """Images that unpack to what unpacks."""

    def twice(creation) -> None:
        creation.set_deflate(9)
        creation.set_deflate(9)

    h5_set(path, lambda file: chunked(file, inflating(64, 2), filters=twice))


@hostile("unsafe-file", role="data set", stock="looks for a plug-in, which is code")
def images_packed_by_a_stranger(path: Path, traps: Traps) -> None:
    """Images packed by a filter that HDF5 would load from a folder."""
    foreign = lambda creation: creation.set_filter(33333, h5py.h5z.FLAG_OPTIONAL, (1,))  # noqa: E731
    h5_set(path, lambda file: chunked(file, FACES.tobytes(), filters=foreign))


@hostile("corrupt-file", role="data set")
def images_that_were_never_written(path: Path, traps: Traps) -> None:
    """Images that HDF5 would make up, terabytes of them."""
    h5_set(path, lambda file: file.create_dataset("data", (1 << 30, 9, 9, 3), "u1"))


@hostile("too-large", role="data set")
def chunk_without_end(path: Path, traps: Traps) -> None:
    """Images in chunks of 400 MB."""
    shape, chunks = (6, 20_000, 20_000, 3), (1, 20_000, 20_000, 1)
    h5_set(path, lambda file: file.create_dataset("data", shape, "u1", chunks=chunks))


@hostile("unsafe-file", role="data set")
def images_of_text(path: Path, traps: Traps) -> None:
    """Images that are texts of any length."""
    texts = np.array(["x"] * 6, object)
    kind = h5py.string_dtype()
    h5_set(path, lambda file: file.create_dataset("data", data=texts, dtype=kind))


@hostile("unsafe-file", role="data set")
def images_of_references(path: Path, traps: Traps) -> None:
    """Images that are references to other objects."""
    h5_set(path, lambda file: file.create_dataset("data", (6, 5, 4, 3), h5py.ref_dtype))
