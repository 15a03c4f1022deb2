"""The one form in which images are handed on: plain arrays and a page of facts.

A folder holds ``images.npy`` (channels last; uint8 where that loses nothing, else float32),
``labels.npy``, perhaps ``true_labels.npy``, and ``facts.json``, which is written last.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from .. import errors
from ..results import Value
from . import pixels
from .images import ImageArray, LabelArray, LabelledImages

_IMAGES, _LABELS, _TRUE_LABELS = "images.npy", "labels.npy", "true_labels.npy"
_FACTS = "facts.json"
#: Pixels are converted so many bytes at a time: they stay in the processor's cache.
_CHUNK_BYTES = 2**20


@dataclass(frozen=True, kw_only=True)
class DatasetFacts(Value):
    """What was found in a data set."""

    name: str
    #: Of the file that was opened.
    sha256: str
    n: int
    #: ``(n_images, height, width, channels)``.
    shape: tuple[int, ...]
    #: How the images were stored: ``NCHW``, ``NHWC``, ``NHW`` or ``pictures``.
    layout: str
    #: Type that the pixels were stored in.
    stored_dtype: str
    #: Smallest and largest pixel value.
    value_range: tuple[float, float]
    #: Smallest and largest label; ``None`` without labels.
    label_range: tuple[int, int] | None
    #: Number of different labels.
    n_classes: int
    has_true_label: bool
    class_names: tuple[str, ...] | None
    #: The label that all images have; ``None`` where they differ.
    constant_label: int | None


def save_canonical(images: LabelledImages, folder: Path) -> DatasetFacts:
    """Write images in the canonical form, in one pass over them.

    Args:
        images: Any labelled images.
        folder: Where to; made if need be.

    Returns:
        What was found on the way.

    Raises:
        InvalidDataset: A pixel is NaN, infinite, or too large for float32.
        OutputNotWritable: The folder cannot be written; what was written is removed.
    """
    with _all_or_nothing(folder, images.name):
        value_range = _write_images(images, folder / _IMAGES)
        np.save(folder / _LABELS, images.labels, allow_pickle=False)
        if images.true_labels is not None:
            np.save(folder / _TRUE_LABELS, images.true_labels, allow_pickle=False)
        facts = _facts(images, value_range)
        (folder / _FACTS).write_text(json.dumps(facts.to_json()), encoding="utf-8")
    return facts


def load_canonical(folder: Path) -> LabelledImages:
    """The images that `save_canonical` wrote; pixels are read when asked for.

    Raises:
        CorruptFile: The folder does not hold what `save_canonical` writes.
    """
    try:
        facts = DatasetFacts.from_json(json.loads((folder / _FACTS).read_text(encoding="utf-8")))
        source = NpySource(folder / _IMAGES, layout=facts.layout)
        labels = _read_labels(folder / _LABELS)
        true_labels = _read_labels(folder / _TRUE_LABELS) if facts.has_true_label else None
    except (OSError, ValueError) as error:
        raise errors.CorruptFile(
            f"{folder.name} is not a folder of images as this program writes them: {error}"
        ) from error
    if source.shape != facts.shape or len(labels) != facts.n:
        raise errors.CorruptFile(f"{folder.name} does not hold what its facts say")
    return LabelledImages(
        name=facts.name,
        sha256=facts.sha256,
        source=source,
        labels=labels,
        true_labels=true_labels,
        class_names=facts.class_names,
    )


class NpySource:
    """Images in an .npy file, as a `Source`.

    Read, not mapped into memory: pages of a map count as ours until the kernel wants them back.
    """

    def __init__(self, path: Path, *, layout: str) -> None:
        self.layout = layout
        self._path = path
        with path.open("rb") as file:
            np.lib.format.read_magic(file)
            shape, _, self.dtype = np.lib.format.read_array_header_1_0(file)
            self._offset = file.tell()
        self.shape = (shape[0], shape[1], shape[2], shape[3])
        self._image_bytes = int(np.prod(shape[1:])) * self.dtype.itemsize
        if path.stat().st_size != self._offset + shape[0] * self._image_bytes:
            raise ValueError(f"{path.name} does not have the length it declares")

    def read(self, start: int, stop: int) -> ImageArray:
        """As `Source.read`."""
        shape = (stop - start, *self.shape[1:])
        offset = self._offset + start * self._image_bytes
        count = int(np.prod(shape))
        return np.fromfile(self._path, self.dtype, count, offset=offset).reshape(shape)


@contextmanager
def _all_or_nothing(folder: Path, name: str) -> Iterator[None]:
    """Remove what was written when writing does not come to its end."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as undo:
            for part in (_IMAGES, _LABELS, _TRUE_LABELS, _FACTS):
                undo.callback((folder / part).unlink, missing_ok=True)
            yield
            undo.pop_all()
    except OSError as error:  # from writing: what reading raises is one of ours by now
        raise errors.OutputNotWritable(
            f"{name}: its images could not be written: {error.strerror or error}",
            reason=str(error),
        ) from error


class _NotBytesError(Exception):
    """A pixel is not a whole number in 0..255."""


def _write_images(images: LabelledImages, path: Path) -> tuple[float, float]:
    try:
        return _write_as(np.dtype(np.uint8), images, path)
    except _NotBytesError:
        # Nearly always known from the first chunk on; then this is still one pass.
        return _write_as(np.dtype(np.float32), images, path)


def _write_as(dtype: np.dtype[Any], images: LabelledImages, path: Path) -> tuple[float, float]:
    """Write all pixels in a type; answers the smallest and the largest."""
    image_bytes = max(1, images.n_bytes // len(images))
    step = max(1, _CHUNK_BYTES // image_bytes)
    low, high, first = np.inf, -np.inf, 0
    with path.open("wb") as file:
        _write_header(file, dtype, images.shape)
        for chunk in images.chunks(step):
            converted = _converted(chunk, dtype, first=first, name=images.name)
            file.write(converted.data)
            low, high = min(low, float(converted.min())), max(high, float(converted.max()))
            first += len(chunk)
    return low, high


def _converted(chunk: ImageArray, dtype: np.dtype[Any], *, first: int, name: str) -> ImageArray:
    # Made small before it is transposed: an eighth of the bytes to move for float64.
    if dtype == np.uint8:
        small = pixels.as_bytes(chunk)
        if small is None:
            raise _NotBytesError
        return pixels.contiguous(small)
    return pixels.contiguous(pixels.as_floats(chunk, first=first, name=name))


def _write_header(file: IO[bytes], dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
    descr = np.lib.format.dtype_to_descr(dtype)
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def _read_labels(path: Path) -> LabelArray:
    labels: LabelArray = np.load(path, allow_pickle=False)
    return labels


def _facts(images: LabelledImages, value_range: tuple[float, float]) -> DatasetFacts:
    classes = np.unique(images.labels[images.labels >= 0])
    return DatasetFacts(
        name=images.name,
        sha256=images.sha256,
        n=len(images),
        shape=images.shape,
        layout=images.source.layout,
        stored_dtype=str(images.dtype),
        value_range=value_range,
        label_range=(int(classes[0]), int(classes[-1])) if len(classes) else None,
        n_classes=len(classes),
        has_true_label=images.true_labels is not None,
        class_names=images.class_names,
        constant_label=int(classes[0]) if len(classes) == 1 else None,
    )
