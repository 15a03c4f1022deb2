"""Images in HDF5 files: what may be in one, and how to read it without reading it all."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from .. import errors
from . import contents, layouts, pixels
from .chunks import FILTER_NAMES, Chunks
from .contents import Contents
from .images import ImageArray
from .layouts import Layout

SIGNATURE = b"\x89HDF\r\n\x1a\n"

#: Attributes and groups that Keras writes into model files.
_MODEL_MARKS = ("model_config", "layer_names", "keras_version", "model_weights", "layers")
#: What h5py and zlib raise on a damaged file.
_DAMAGE = (
    OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError, zlib.error,
)  # fmt: skip
#: A chunk is unpacked as a whole.
_MAX_CHUNK_BYTES = 256 * 2**20
#: As much of a chunked file as is unpacked at a time: this if one row of chunks is smaller, …
_BLOCK_BYTES = 8 * 2**20
#: … that row of chunks if it is larger, and never more than this.
_MAX_BLOCK_BYTES = 128 * 2**20


def read(path: Path, *, layout: Layout, labelled: bool, name: str) -> Contents:
    """What an HDF5 file of images holds.

    Raises:
        CorruptFile: It is truncated or damaged.
        NotADataset: It holds something else, such as a model.
        UnsafeFile: It has links, external storage or filters that are never followed.
        TooLarge: It declares far more than it can hold.
        InvalidDataset: The arrays are not images and labels.
    """
    with _corrupt(name):
        file = h5py.File(path, "r")
        _refuse_links(file, name)
        _refuse_model(file, name)
        present = [key for key in file if file.get(key, getclass=True) is h5py.Dataset]
        keys = contents.find_keys(present, labelled=labelled, name=name)
        source = Hdf5Source(_checked(file, keys.images, name), layout=layout, name=name)
        return Contents(
            source=source,
            label_key=keys.labels or "",
            labels=_all_of(file, keys.labels, name),
            true_labels=_all_of(file, keys.true_labels, name),
        )


class Hdf5Source:
    """Images in an HDF5 data set, as a `Source`."""

    def __init__(self, dataset: h5py.Dataset, *, layout: Layout, name: str) -> None:
        self.layout = layouts.found(dataset.shape, layout, name=name)
        self.shape = layouts.image_shape(dataset.shape, self.layout)
        self.dtype = dataset.dtype
        self._stored = _Stored(dataset, what=name)
        self._name = name
        self._block_rows = _block_rows(dataset)
        self._block = _Block(0, np.empty((0, *dataset.shape[1:]), self.dtype))

    def read(self, start: int, stop: int) -> ImageArray:
        """As `Source.read`; the file's own chunks are unpacked once when read in order."""
        stored = self._rows(start, stop) if self._block_rows is None else self._copied(start, stop)
        pixels.refuse_not_finite(stored, first=start, name=self._name)
        return layouts.channels_last(stored, self.layout)

    def _copied(self, start: int, stop: int) -> ImageArray:
        # A view would keep the block alive that it was cut from, beside the next one.
        copied = np.empty((stop - start, *self._block.rows.shape[1:]), self.dtype)
        position = start
        while position < stop:
            self._load_block_with(position)
            part = self._block.rows[position - self._block.start : stop - self._block.start]
            copied[position - start : position - start + len(part)] = part
            position += len(part)
        return copied

    def _load_block_with(self, row: int) -> None:
        assert self._block_rows is not None
        start = row - row % self._block_rows
        if not self._block.start <= row < self._block.start + len(self._block.rows):
            self._block = _Block(start, self._block.rows[:0].copy())  # frees the old one first
            self._block = _Block(start, self._rows(start, start + self._block_rows))

    def _rows(self, start: int, stop: int) -> ImageArray:
        with _corrupt(self._name):
            return self._stored.rows(start, stop)


class _Stored:
    """The rows of a data set, however they are stored."""

    def __init__(self, dataset: h5py.Dataset, *, what: str) -> None:
        self._dataset = dataset
        self._chunks = Chunks(dataset, what=what) if dataset.chunks else None

    def rows(self, start: int, stop: int) -> ImageArray:
        """Rows ``start`` to ``stop - 1``, or to the last."""
        if self._chunks is not None:
            return self._chunks.rows(start, stop)
        stored: ImageArray = self._dataset[start:stop]
        return stored


@dataclass(frozen=True, eq=False)
class _Block:
    """Some images in a row, as they are stored."""

    start: int
    rows: ImageArray


def _block_rows(dataset: h5py.Dataset) -> int | None:
    """Images to unpack at a time; ``None`` where nothing is packed.

    Chunks cut through images (h5py likes shapes such as ``(74, 1, 14, 24)``), so that one image
    needs a whole row of them. Reading less than that row unpacks every chunk many times.
    """
    if dataset.chunks is None:
        return None
    image_bytes = max(1, contents.n_bytes(dataset.shape[1:], dataset.dtype))
    rows = int(dataset.chunks[0])
    rows *= max(1, _BLOCK_BYTES // (rows * image_bytes))
    return max(1, min(rows, _MAX_BLOCK_BYTES // image_bytes))


def _checked(file: h5py.File, key: str, name: str) -> h5py.Dataset:
    """A data set of the file, if it is one of the plain kind."""
    dataset, what = file[key], f"{name}: {key!r}"
    if dataset.shape is None:
        raise errors.InvalidDataset(f"{what} is empty", place=key)
    contents.refuse_dtype(dataset.dtype, what=what)
    _refuse_unusual_numbers(dataset, what)
    properties = dataset.id.get_create_plist()
    if properties.get_external_count() or dataset.is_virtual:
        raise errors.UnsafeFile(
            f"{what} lies in another file, which is never followed; copy the data into this one",
            place=key,
        )
    _refuse_filters(properties, what)
    _refuse_unwritten(dataset, what)
    contents.refuse_bomb(
        unpacked_bytes=contents.n_bytes(dataset.shape, dataset.dtype),
        stored_bytes=dataset.id.get_storage_size(),
        what=what,
    )
    return dataset


def _refuse_unusual_numbers(dataset: h5py.Dataset, what: str) -> None:
    """Raise where HDF5 would have to compute the numbers from the bytes that are stored."""
    if not dataset.id.get_type().equal(h5py.h5t.py_create(dataset.dtype)):
        raise errors.InvalidDataset(
            f"{what} holds numbers in a form that numpy does not have; store it as {dataset.dtype}",
            expected=str(dataset.dtype),
        )


def _all_of(file: h5py.File, key: str | None, name: str) -> npt.NDArray[Any] | None:
    if key is None:
        return None
    dataset = _checked(file, key, name)
    if not dataset.shape:
        raise errors.InvalidDataset(f"{name}: {key!r} is a single number, not a list of labels")
    return _Stored(dataset, what=f"{name}: {key!r}").rows(0, dataset.shape[0])


def _refuse_links(file: h5py.File, name: str) -> None:
    for key in file:
        link = file.get(key, getlink=True)
        if type(link) is not h5py.HardLink:
            raise errors.UnsafeFile(
                f"{name}: {key!r} is a link to another place or file, which is never followed; "
                "copy the data into this file",
                place=key, expected="HardLink", received=type(link).__name__,
            )  # fmt: skip


def _refuse_model(file: h5py.File, name: str) -> None:
    marks = [mark for mark in _MODEL_MARKS if mark in file.attrs or mark in file]
    if marks:
        raise errors.NotADataset(
            f"{name} looks like a Keras model (it has {', '.join(marks)}), not like a data set; "
            "a data set holds 'data' and 'label'",
            expected=["data", "label"], received=marks,
        )  # fmt: skip


def _refuse_filters(properties: h5py.h5p.PropDCID, what: str) -> None:
    numbers = [properties.get_filter(i)[0] for i in range(properties.get_nfilters())]
    foreign = [number for number in numbers if number not in FILTER_NAMES]
    if foreign or len(set(numbers)) != len(numbers):
        raise errors.UnsafeFile(
            f"{what} is packed with HDF5 filters {numbers}; read are, once each, "
            f"{', '.join(FILTER_NAMES.values())}",
            expected=list(FILTER_NAMES), received=numbers,
        )  # fmt: skip


def _refuse_unwritten(dataset: h5py.Dataset, what: str) -> None:
    """Raise where parts were never written: HDF5 would make them up."""
    if dataset.chunks is None:
        stored = dataset.id.get_storage_size()
        expected = contents.n_bytes(dataset.shape, dataset.dtype)
    else:
        chunk_bytes = contents.n_bytes(dataset.chunks, dataset.dtype)
        if chunk_bytes > _MAX_CHUNK_BYTES:
            raise errors.TooLarge(
                f"{what} has chunks of {chunk_bytes} bytes; the limit is {_MAX_CHUNK_BYTES}",
                expected=_MAX_CHUNK_BYTES, received=chunk_bytes,
            )  # fmt: skip
        stored, expected = dataset.id.get_num_chunks(), 1
        for length, step in zip(dataset.shape, dataset.chunks, strict=True):
            expected *= -(-length // step)
    if stored != expected:
        raise errors.CorruptFile(
            f"{what} was not written to its end: {stored} of {expected} "
            f"{'bytes' if dataset.chunks is None else 'chunks'} are there",
            expected=expected, received=stored,
        )  # fmt: skip


@contextmanager
def _corrupt(name: str) -> Iterator[None]:
    """Turn what h5py raises about a damaged file into `CorruptFile`."""
    try:
        yield
    except _DAMAGE as error:
        raise errors.CorruptFile(
            f"{name} is truncated or damaged: {error}", library="h5py", reason=str(error)
        ) from error
