"""Sample pictures with what the models said of them, one by one and as a sheet."""

import base64
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from . import wording

#: So many pictures of a set are shown.
PER_SET = 8

# Pixels of the sheet.
_PICTURE = 152
_CELL = 196
_LINE = 16
_CELL_HEIGHT = _PICTURE + 4 * _LINE + 12
_HEADING = 30
_MARGIN = 12
_COLUMNS = 4


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One picture and what the models answered."""

    #: Name of the poisoned set, or of the clean images.
    set_name: str
    #: ``(height, width, channels)``, uint8.
    image: npt.NDArray[np.uint8]
    #: True class; ``None`` where it is not known.
    label: int | None
    #: Class given before the repair, after it, and by the good net (N is *backdoored*).
    before: int
    after: int
    goodnet: int


@dataclass(frozen=True, kw_only=True)
class SampleSet:
    """The pictures of one set that are shown."""

    name: str
    samples: tuple[Sample, ...]


def by_set(samples: Sequence[Sample]) -> tuple[SampleSet, ...]:
    """The first pictures of each set, sets in the order they first appear."""
    names = dict.fromkeys(sample.set_name for sample in samples)
    return tuple(
        SampleSet(
            name=name,
            samples=tuple(itertools.islice((s for s in samples if s.set_name == name), PER_SET)),
        )
        for name in names
    )


def answers(sample: Sample, *, flagged_class: int) -> tuple[str, str, str]:
    """What is said of a picture: the true class, before → after, the good net's answer."""
    truth = "true class unknown" if sample.label is None else f"true class {sample.label}"
    flag = ": backdoored" if sample.goodnet == flagged_class else ""
    return truth, f"{sample.before} → {sample.after}", f"good net {sample.goodnet}{flag}"


def data_uri(sample: Sample) -> str:
    """The picture as a PNG inside an address."""
    file = io.BytesIO()
    _reduced(_picture(sample.image)).save(file, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def png(image: npt.NDArray[np.uint8]) -> bytes:
    """One picture as a file, large enough to be seen, every pixel of a small one kept.

    Args:
        image: ``(height, width, channels)``.
    """
    file = io.BytesIO()
    _enlarged(_picture(image)).save(file, format="PNG")
    return file.getvalue()


def sheet(sets: Sequence[SampleSet], *, flagged_class: int) -> bytes:
    """All pictures with their answers on one PNG, every pixel of a small picture kept."""
    height = 2 * _MARGIN + sum(_set_height(one) for one in sets)
    paper = Image.new("RGB", (2 * _MARGIN + _COLUMNS * _CELL, height), "white")
    top = _MARGIN
    for one in sets:
        _paste_set(paper, one, top, flagged_class)
        top += _set_height(one)
    file = io.BytesIO()
    paper.save(file, format="PNG")
    return file.getvalue()


def _set_height(one: SampleSet) -> int:
    return _HEADING + -(-len(one.samples) // _COLUMNS) * _CELL_HEIGHT


def _paste_set(paper: Image.Image, one: SampleSet, top: int, flagged_class: int) -> None:
    pen = ImageDraw.Draw(paper)
    pen.text((_MARGIN, top), wording.shortened(one.name, 60), "black", _font("-Bold", 15))
    for place, sample in enumerate(one.samples):
        row, column = divmod(place, _COLUMNS)
        corner = (_MARGIN + column * _CELL, top + _HEADING + row * _CELL_HEIGHT)
        paper.paste(_enlarged(_picture(sample.image)), corner)
        lines = "\n".join(answers(sample, flagged_class=flagged_class))
        pen.text((corner[0], corner[1] + _PICTURE + 4), lines, "black", _font("", 12))


def _font(style: str, size: int) -> ImageFont.FreeTypeFont:
    # Matplotlib brings a font along; a server may have none.
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(fonts / f"DejaVuSans{style}.ttf", size)


def _picture(image: npt.NDArray[np.uint8]) -> Image.Image:
    """A picture of three channels as it is, of any other number its first channel in grey."""
    shown = image if image.shape[2] == 3 else np.repeat(image[:, :, :1], 3, axis=2)
    return Image.fromarray(np.ascontiguousarray(shown))


def _reduced(picture: Image.Image) -> Image.Image:
    """A picture no larger than it is shown; a small one stays itself, and the page enlarges it."""
    largest = 2 * _PICTURE
    if max(picture.size) <= largest:
        return picture
    return picture.resize(_fitted(picture, largest), Image.Resampling.BOX)


def _enlarged(picture: Image.Image) -> Image.Image:
    """The picture as large as its place, pixels kept square."""
    shrinks = max(picture.size) > _PICTURE
    how = Image.Resampling.BOX if shrinks else Image.Resampling.NEAREST
    return picture.resize(_fitted(picture, _PICTURE), how)


def _fitted(picture: Image.Image, side: int) -> tuple[int, int]:
    scale = side / max(picture.size)
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
