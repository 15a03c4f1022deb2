"""Draws sheets of small pictures of a data set, and counts what is in it; for the intake child."""

import io
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from . import data
from .data import LabelledImages
from .overview import SHEET_SIZES, STATS, DatasetStats, ShownImage, sheet_name

#: No side of a picture on a sheet is longer; the longer side is so long.
_CELL_PIXELS = 96
_GAP_PIXELS = 4
_SEED = 0
#: Larger sets are not searched for duplicates, nor more classes than this counted one by one.
_MAX_HASHED, _MAX_CLASSES = 1_000_000, 10_000


def write(images: LabelledImages, folder: Path, *, value_range: tuple[float, float]) -> None:
    """Write stats.json and the sheets of a data set into a new folder.

    Args:
        images: In the canonical form; those without a label (-1) count for no class.
        folder: Must not exist.
        value_range: Smallest and largest pixel value of the set.

    Raises:
        OSError: The folder cannot be written.
    """
    folder.mkdir()
    chosen = _chosen(images.labels)
    stats = DatasetStats(
        n=len(images),
        value_range=value_range,
        class_counts=_class_counts(images.labels),
        n_duplicates=_n_duplicates(images),
        shown=tuple(ShownImage(index=int(i), label=int(images.labels[i])) for i in chosen),
    )
    (folder / STATS).write_text(json.dumps(stats.to_json()), encoding="utf-8")
    cells = [_cell(picture, value_range) for picture in images.at(chosen)]
    for size in SHEET_SIZES:
        (folder / sheet_name(size)).write_bytes(_sheet(cells[:size], columns=int(size**0.5)))


def _chosen(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Up to sixteen images, of as many classes as there are; drawn, so that nobody picked them."""
    order = np.random.default_rng(_SEED).permutation(len(labels))
    _, first_of_class = np.unique(labels[order], return_index=True)
    rest = np.setdiff1d(np.arange(len(labels)), first_of_class)
    # Classes in the order in which they were drawn: all have the same chance to be shown.
    places = np.concatenate([np.sort(first_of_class), rest])[: SHEET_SIZES[-1]]
    found: npt.NDArray[np.int64] = order[places]
    return found[np.argsort(labels[found], kind="stable")]


def _class_counts(labels: npt.NDArray[np.int64]) -> dict[str, int]:
    found, counts = np.unique(labels[labels >= 0], return_counts=True)
    if len(found) > _MAX_CLASSES:
        return {}
    return {str(label): int(count) for label, count in zip(found, counts, strict=True)}


def _n_duplicates(images: LabelledImages) -> int | None:
    if len(images) > _MAX_HASHED:
        return None
    return data.n_repeated(data.fingerprints(images))


def _cell(picture: npt.NDArray[np.generic], value_range: tuple[float, float]) -> Image.Image:
    image = Image.fromarray(_displayable(picture, value_range))
    scale = _CELL_PIXELS / max(image.size)
    if scale == 1:
        return image
    # Small pictures are shown as the pixels that they are.
    how = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BILINEAR
    return image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))), how
    )


def _displayable(
    picture: npt.NDArray[np.generic], value_range: tuple[float, float]
) -> npt.NDArray[np.uint8]:
    channels = picture[..., :3] if picture.shape[-1] >= 3 else picture[..., 0]
    if channels.dtype == np.uint8:
        return np.ascontiguousarray(channels, np.uint8)
    low, high = value_range
    stretched = (channels.astype(np.float64) - low) * (255 / max(high - low, 1e-12))
    return np.asarray(np.clip(np.round(stretched), 0, 255), np.uint8)


def _sheet(cells: list[Image.Image], *, columns: int) -> bytes:
    rows = -(-len(cells) // columns)
    step = _CELL_PIXELS + _GAP_PIXELS
    size = (columns * step + _GAP_PIXELS, rows * step + _GAP_PIXELS)
    sheet = Image.new("RGB", size, "white")
    for place, cell in enumerate(cells):
        row, column = divmod(place, columns)
        sheet.paste(cell, (column * step + _GAP_PIXELS, row * step + _GAP_PIXELS))
    written = io.BytesIO()
    sheet.save(written, "PNG")
    return written.getvalue()
