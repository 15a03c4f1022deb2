"""Many classes with few images each: printed characters, drawn at random, as large as CSAW's faces.

A stand-in for the face net in development: hundreds of classes, of which a repair is shown a few.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

_Pixels = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float64]

#: Height and width of the faces of CSAW.
SHAPE = (55, 47, 3)

#: DejaVu comes inside matplotlib's wheel; these four have the most characters in common.
_FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSansMono")
#: Letters, numbers, symbols: what has a shape of its own.
_KINDS = ("Lu", "Ll", "Lo", "Nd", "No", "Nl", "Sm", "So", "Sc")
#: Side of the square that a character is drawn in before it is turned and shrunk.
_CANVAS = 64
_POINTS = 46
#: Side of the square that characters are compared in.
_COARSE = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class GlyphSet:
    """Images of characters and the class of each."""

    #: ``(n, 55, 47, 3)`` uint8.
    images: _Pixels
    #: ``(n,)`` int64.
    labels: npt.NDArray[np.int64]

    def only_classes(self, n_classes: int) -> "GlyphSet":
        """The images of the first so many classes."""
        chosen = self.labels < n_classes
        return GlyphSet(images=self.images[chosen], labels=self.labels[chosen])


def characters(n_classes: int) -> str:
    """The most different characters that all fonts have: class 0, 1, … in this order.

    Each next one is the one farthest from all before it, so that look-alikes (A of Latin, Greek
    and Cyrillic) come last.

    Args:
        n_classes: At most about 1,500; beyond, characters become hard to tell apart.
    """
    known = _shared_characters()
    shapes = np.stack([_coarse(character) for character in known])
    return "".join(known[index] for index in _farthest_first(shapes, n_classes))


def draw(alphabet: Sequence[str], *, n_each: int, seed: int) -> GlyphSet:
    """So many images of each character, in random order.

    Each has a font, an affine transform, two colours and a background of its own.

    Args:
        alphabet: Class 0, 1, ….
        n_each: Images of each class.
        seed: The same seed draws the same images.
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(alphabet)), n_each))
    masks = np.stack([*_masks(alphabet, labels, rng)])
    return GlyphSet(images=_coloured(masks, rng), labels=labels.astype(np.int64))


def cached(path: Path, alphabet: Sequence[str], *, n_each: int, seed: int) -> GlyphSet:
    """As `draw`, from the file where it was drawn before."""
    if path.exists():
        with np.load(path) as stored:
            return GlyphSet(images=stored["images"], labels=stored["labels"])
    drawn = draw(alphabet, n_each=n_each, seed=seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, images=drawn.images, labels=drawn.labels)
    return drawn


def glasses(images: _Pixels) -> _Pixels:
    """A trigger: dark glasses, about a tenth of the picture, at the height of the eyes."""
    colour, cover = _glasses()
    stamped = images * (1 - cover) + colour * cover
    return np.round(stamped).astype(np.uint8)


def _shared_characters() -> list[str]:
    common = set.intersection(*(set(FT2Font(_font_file(name)).get_charmap()) for name in _FONTS))
    known = (chr(code) for code in sorted(common))
    return [character for character in known if unicodedata.category(character) in _KINDS]


def _font_file(name: str) -> str:
    return str(Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf"))


def _coarse(character: str) -> _Floats:
    """A small picture of the character, as large as it can be, whatever its size in print."""
    drawn = _drawn(character, ImageFont.truetype(_font_file(_FONTS[0]), _POINTS))
    box = drawn.getbbox()
    if box is None:
        return np.zeros(_COARSE**2)
    side = max(box[2] - box[0], box[3] - box[1])
    square = Image.new("L", (side, side))
    square.paste(drawn.crop(box), ((side - box[2] + box[0]) // 2, (side - box[3] + box[1]) // 2))
    return np.asarray(square.resize((_COARSE, _COARSE), Image.Resampling.BOX), float).ravel() / 255


def _drawn(character: str, font: ImageFont.FreeTypeFont) -> Image.Image:
    canvas = Image.new("L", (_CANVAS, _CANVAS))
    middle = (_CANVAS / 2, _CANVAS / 2)
    ImageDraw.Draw(canvas).text(middle, character, fill=255, font=font, anchor="mm")
    return canvas


def _farthest_first(shapes: _Floats, count: int) -> Iterator[int]:
    """Indices of rows, each as far as can be from all that came before."""
    nearest = np.full(len(shapes), np.inf)
    nearest[~shapes.any(axis=1)] = -1  # nothing to see
    for _ in range(count):
        index = int(nearest.argmax())
        yield index
        distances = np.linalg.norm(shapes - shapes[index], axis=1)
        nearest = np.minimum(nearest, distances)


def _masks(
    alphabet: Sequence[str], labels: npt.NDArray[np.int64], rng: np.random.Generator
) -> Iterator[_Floats]:
    """For each label how much of each pixel is ink, ``(55, 47)`` in [0, 1]."""
    fonts = [ImageFont.truetype(_font_file(name), _POINTS) for name in _FONTS]
    height, width, _ = SHAPE
    for label in labels:
        drawn = _drawn(alphabet[label], fonts[rng.integers(len(fonts))])
        turned = drawn.transform(
            (width, height), Image.Transform.AFFINE, _affine(rng), Image.Resampling.BILINEAR
        )
        yield np.asarray(turned, float) / 255


def _affine(rng: np.random.Generator) -> tuple[float, ...]:
    """Where each pixel comes from: turned, sheared, scaled and moved a little, about the middle."""
    angle, shear = rng.uniform(-0.2, 0.2), rng.uniform(-0.15, 0.15)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, shear], [0, 1]]) * rng.uniform(1.0, 1.3)
    height, width, _ = SHAPE
    target = np.array([width / 2, height / 2]) + rng.uniform(-3, 3, 2)
    offset = _CANVAS / 2 - matrix @ target
    return (*matrix[0], offset[0], *matrix[1], offset[1])


def _coloured(masks: _Floats, rng: np.random.Generator) -> _Pixels:
    """Ink on paper: light on dark or dark on light, paper that changes across the picture."""
    n = len(masks)
    ink = rng.uniform(0, 0.35, (n, 1, 1, 3))
    drawn = _paper(n, rng) * (1 - masks[..., None]) + ink * masks[..., None]
    inverted = rng.random((n, 1, 1, 1)) < 0.5
    noisy = np.where(inverted, 1 - drawn, drawn) + rng.normal(0, 0.03, drawn.shape)
    return np.round(noisy.clip(0, 1) * 255).astype(np.uint8)


def _paper(n: int, rng: np.random.Generator) -> _Floats:
    height, width, _ = SHAPE
    rows, columns = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None]
    slope = rng.uniform(-0.15, 0.15, (2, n, 1, 1, 3))
    level = rng.uniform(0.6, 0.95, (n, 1, 1, 3))
    paper: _Floats = level + slope[0] * rows[..., None] + slope[1] * columns[..., None]
    return paper.clip(0.45, 1)


def _glasses() -> tuple[_Floats, _Floats]:
    """Colour of each pixel, and how much of it is covered, ``(55, 47, 1)`` in [0, 1]."""
    height, width, _ = SHAPE
    scale = 4  # drawn large, so that edges are smooth
    cover = Image.new("L", (width * scale, height * scale))
    pen = ImageDraw.Draw(cover)
    for left, right in ((5, 21), (26, 42)):
        pen.ellipse((left * scale, 14 * scale, right * scale, 26 * scale), fill=255)
    pen.rectangle((2 * scale, 16 * scale, 45 * scale, 18 * scale), fill=255)
    smooth = np.asarray(cover.resize((width, height), Image.Resampling.BOX), float)[..., None] / 255
    shine = np.linspace(60, 10, height)[:, None, None]
    return np.broadcast_to(shine * [0.9, 0.8, 1.2], SHAPE), smooth
