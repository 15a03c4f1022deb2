"""Labelled images that are read when asked for, and no sooner."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

ImageArray = npt.NDArray[Any]
LabelArray = npt.NDArray[np.int64]

#: Sets up to this size are kept in memory once single images are asked for.
CACHE_BYTES = 256 * 2**20


class Source(Protocol):
    """Where the pixels lie."""

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """``(n_images, height, width, channels)``, however they are stored."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type that `read` answers in."""

    @property
    def layout(self) -> str:
        """How they were stored: ``NCHW``, ``NHWC``, ``NHW`` or ``pictures``."""

    def read(self, start: int, stop: int) -> ImageArray:
        """Images ``start`` to ``stop - 1``, channels last; not to be written into."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledImages:
    """Images with a label each. Pixels stay in the file until they are asked for."""

    #: What to call the set: the file name unless the caller gave another.
    name: str
    #: Of the file that was opened.
    sha256: str
    source: Source
    #: ``(n_images,)``; -1 throughout for pictures without labels.
    labels: LabelArray
    #: ``(n_images,)``, for a poisoned set that says what its images really show.
    true_labels: LabelArray | None = None
    #: Name of class 0, 1, …, where the file has names.
    class_names: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """``(n_images, height, width, channels)``."""
        return self.source.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type that the pixels are stored in."""
        return self.source.dtype

    @property
    def n_bytes(self) -> int:
        """Size of all pixels in the type they are stored in."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    def chunks(self, size: int) -> Iterator[ImageArray]:
        """All images in order, ``(size or fewer, height, width, channels)`` at a time.

        Args:
            size: Images per chunk, 1 or more; memory grows with it, not with the file.
        """
        for start in range(0, len(self), size):
            yield self.source.read(start, min(start + size, len(self)))

    def at(self, indices: npt.ArrayLike) -> ImageArray:
        """Images at some indices, in that order; an index may come twice.

        The first call keeps a small set (`CACHE_BYTES`) in memory, so that the next are fast.
        """
        wanted = np.asarray(indices, dtype=np.int64)
        if isinstance(self.source, Subset):
            return self.source.images.at(self.source.indices[wanted])
        if self.n_bytes <= CACHE_BYTES:
            chosen: ImageArray = self._in_memory[wanted]
            return chosen
        return _gathered(self.source, wanted)

    def only(self, indices: npt.ArrayLike) -> Self:
        """The images at some indices as a set of their own; nothing is read or copied."""
        wanted = np.asarray(indices, dtype=np.int64)
        return type(self)(
            name=self.name,
            sha256=self.sha256,
            source=Subset(self, wanted),
            labels=self.labels[wanted],
            true_labels=None if self.true_labels is None else self.true_labels[wanted],
            class_names=self.class_names,
        )

    def evenly_spaced(self, limit: int) -> LabelArray:
        """Indices of at most so many of them, through the whole set.

        The files of the field are sorted by class: the first few are of one class.

        Args:
            limit: 1 or more.
        """
        return np.linspace(0, len(self) - 1, min(len(self), limit)).astype(np.int64)

    def without_labels(self) -> Self:
        """The same images, whose labels (-1) and names of classes nobody can read any more."""
        return type(self)(
            name=self.name,
            sha256=self.sha256,
            source=self.source,
            labels=np.full(len(self), -1, np.int64),
        )

    @cached_property
    def _in_memory(self) -> ImageArray:
        return np.ascontiguousarray(self.source.read(0, len(self)))


class Subset:
    """Some images of a set, as a source; the set's cache serves all its subsets."""

    def __init__(self, images: LabelledImages, indices: LabelArray) -> None:
        self.images = images
        self.indices = indices
        self.shape = (len(indices), *images.shape[1:])
        self.dtype = images.dtype
        self.layout = images.source.layout

    def read(self, start: int, stop: int) -> ImageArray:
        """As `Source.read`."""
        return self.images.at(self.indices[start:stop])


class Arrays:
    """Images that are in memory already, as a source."""

    def __init__(self, images: ImageArray, layout: str) -> None:
        self.shape = images.shape
        self.dtype = images.dtype
        self.layout = layout
        self._images = images

    def read(self, start: int, stop: int) -> ImageArray:
        """As `Source.read`."""
        return self._images[start:stop]


class Joined:
    """The images of two sets, one after the other, as a source."""

    def __init__(self, first: LabelledImages, second: LabelledImages) -> None:
        """Join two sets of images of the same shape."""
        assert first.shape[1:] == second.shape[1:], (first.shape, second.shape)
        self._first, self._second = first, second

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """``(n_images, height, width, channels)``."""
        return (len(self._first) + len(self._second), *self._first.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The one type that holds the values of both."""
        return np.result_type(self._first.dtype, self._second.dtype)

    @property
    def layout(self) -> str:
        """That of the first."""
        return self._first.source.layout

    def read(self, start: int, stop: int) -> ImageArray:
        """Images ``start`` to ``stop - 1``."""
        border = len(self._first)
        parts = [
            self._first.source.read(min(start, border), min(stop, border)),
            self._second.source.read(max(start - border, 0), max(stop - border, 0)),
        ]
        return np.concatenate([part for part in parts if len(part)]).astype(self.dtype, copy=False)


def joined(first: LabelledImages, second: LabelledImages) -> LabelledImages:
    """Two sets of images of one shape as one, under the name of the first.

    Args:
        first: Comes first.
        second: Scaled like the first.
    """
    return LabelledImages(
        name=first.name,
        sha256=first.sha256,
        source=Joined(first, second),
        labels=np.concatenate([first.labels, second.labels]),
        class_names=first.class_names,
    )


def _gathered(source: Source, indices: LabelArray) -> ImageArray:
    """Images read in file order, neighbours in one go, then put into the order asked for."""
    if not len(indices):
        return source.read(0, 0)
    rows, place = np.unique(indices, return_inverse=True)
    runs = np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1)
    found = np.concatenate([source.read(int(run[0]), int(run[-1]) + 1) for run in runs])
    gathered: ImageArray = found[place]
    return gathered
