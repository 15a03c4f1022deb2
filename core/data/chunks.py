"""Chunks of an HDF5 data set, unpacked here and not by HDF5, which would trust what they hold."""

import itertools
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from .. import errors
from . import contents
from .images import ImageArray

#: Number in the file to name; the only ways of packing that are read.
FILTER_NAMES = {
    h5py.h5z.FILTER_SHUFFLE: "shuffle",
    h5py.h5z.FILTER_DEFLATE: "gzip",
    h5py.h5z.FILTER_FLETCHER32: "fletcher32",
}
_CHECKSUM_BYTES = 4
#: Words that are summed at a time.
_BLOCK_WORDS = 1 << 20


class Chunks:
    """The rows of a chunked data set.

    HDF5 unpacks a chunk to whatever it holds, gigabytes for a shape of a few bytes; here nothing
    gets larger than the shape says.

    Args:
        dataset: Chunked; its filters are some of `FILTER_NAMES`, once each.
        what: What to call it in messages.
    """

    def __init__(self, dataset: h5py.Dataset, *, what: str) -> None:
        creation = dataset.id.get_create_plist()
        self._filters = [creation.get_filter(i)[0] for i in range(creation.get_nfilters())]
        self._dataset = dataset
        self._chunk: tuple[int, ...] = tuple(dataset.chunks)
        self._n_bytes = contents.n_bytes(self._chunk, dataset.dtype)
        self._what = what

    def rows(self, start: int, stop: int) -> ImageArray:
        """Rows ``start`` to ``stop - 1``.

        Raises:
            TooLarge: A chunk holds more than its shape.
            CorruptFile: A chunk holds less, or its checksum is wrong.
        """
        stop = min(stop, self._dataset.shape[0])
        found = np.empty((stop - start, *self._dataset.shape[1:]), self._dataset.dtype)
        for offset in self._offsets(start, stop):
            first = max(start, offset[0])
            last = min(stop, offset[0] + self._chunk[0])
            rest = [slice(at, at + step) for at, step in zip(offset, self._chunk, strict=True)][1:]
            place = found[(slice(first - start, last - start), *rest)]
            inner = [slice(0, length) for length in place.shape[1:]]
            unpacked = self._unpacked(offset)
            place[...] = unpacked[(slice(first - offset[0], last - offset[0]), *inner)]
        return found

    def _offsets(self, start: int, stop: int) -> Iterator[tuple[int, ...]]:
        rows = range(start - start % self._chunk[0], stop, self._chunk[0])
        others = zip(self._dataset.shape[1:], self._chunk[1:], strict=True)
        return itertools.product(rows, *(range(0, length, step) for length, step in others))

    def _unpacked(self, offset: Sequence[int]) -> ImageArray:
        if self._dataset.id.get_chunk_info_by_coord(offset).size > self._most_stored():
            raise self._too_large()
        skipped, content = self._dataset.id.read_direct_chunk(offset)
        for position, number in reversed(list(enumerate(self._filters))):
            if not skipped >> position & 1:
                content = self._without(number, content)
        if len(content) != self._n_bytes:
            raise errors.CorruptFile(
                f"{self._what} has a chunk of {len(content)} bytes for a shape of {self._n_bytes}",
                expected=self._n_bytes, received=len(content),
            )  # fmt: skip
        return np.frombuffer(content, self._dataset.dtype).reshape(self._chunk)

    def _without(self, number: int, content: bytes) -> bytes:
        """The content before a filter was applied to it."""
        if number == h5py.h5z.FILTER_DEFLATE:
            return self._inflated(content)
        if number == h5py.h5z.FILTER_SHUFFLE:
            size = self._dataset.dtype.itemsize
            return np.frombuffer(content, np.uint8).reshape(size, -1).T.tobytes()
        kept, checksum = content[:-_CHECKSUM_BYTES], content[-_CHECKSUM_BYTES:]
        if _fletcher32(kept) != _folded(int.from_bytes(checksum, "little")):
            raise errors.CorruptFile(f"{self._what} has a chunk whose checksum is wrong")
        return kept

    def _inflated(self, content: bytes) -> bytes:
        unpacking = zlib.decompressobj()
        unpacked = unpacking.decompress(content, self._n_bytes + _CHECKSUM_BYTES)
        if not unpacking.eof and unpacking.unconsumed_tail:
            raise self._too_large()
        return unpacked

    def _most_stored(self) -> int:
        # What cannot be packed grows a little.
        return self._n_bytes + self._n_bytes // 64 + 128

    def _too_large(self) -> errors.TooLarge:
        return errors.TooLarge(
            f"{self._what} has a chunk that holds more than the {self._n_bytes} bytes of its shape",
            expected=self._n_bytes,
        )


def _fletcher32(content: bytes) -> tuple[int, int]:
    """The two sums of HDF5's checksum, modulo 65535.

    Source: ``H5_checksum_fletcher32`` of HDF5; 16-bit words, the high byte first.
    """
    words: npt.NDArray[Any] = np.frombuffer(content + b"\0" * (len(content) % 2), ">u2")
    first = second = 0
    for start in range(0, len(words), _BLOCK_WORDS):
        block = words[start : start + _BLOCK_WORDS].astype(np.uint64)
        weights = np.arange(len(block), 0, -1, dtype=np.uint64)
        second += first * len(block) + int((block * weights).sum())
        first += int(block.sum())
    return first % 0xFFFF, second % 0xFFFF


def _folded(checksum: int) -> tuple[int, int]:
    return (checksum & 0xFFFF) % 0xFFFF, (checksum >> 16) % 0xFFFF
