"""Picture files as images: PNG, JPEG and BMP of one size."""

import struct
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import BmpImagePlugin, Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin

from .. import errors
from .images import ImageArray

LAYOUT = "pictures"
#: First bytes of the files that are read.
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"BM")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp")

#: Pillow imports its readers when it first needs one; a sandbox would be closed by then.
READERS = (PngImagePlugin, JpegImagePlugin, MpoImagePlugin, BmpImagePlugin)
_FORMATS = ("PNG", "JPEG", "BMP")

_GRAY = ("1", "L", "LA")
_COLOUR = ("RGB", "RGBA", "P", "PA")
_MAX_FILE_BYTES = 64 * 2**20
_MAX_PIXELS = 2**24


@dataclass(frozen=True)
class Picture:
    """A picture that has not been opened yet."""

    name: str
    #: Answers the bytes of the file.
    fetch: Callable[[], bytes]


class PictureSource:
    """Pictures of one size, decoded when asked for, as a `Source`.

    Args:
        pictures: One at least.
        fit: ``(height, width, channels)`` to bring each picture to, bilinear and without keeping
            its proportions; then they may differ in size.

    Raises:
        InvalidDataset: They differ in size or are of a kind that is not read.
        CorruptFile: One is damaged.
        TooLarge: One has too many pixels.
    """

    layout = LAYOUT
    dtype: np.dtype[np.uint8] = np.dtype(np.uint8)

    def __init__(
        self, pictures: Sequence[Picture], *, fit: tuple[int, int, int] | None = None
    ) -> None:
        forms = [_form_of(picture) for picture in pictures]
        if fit is None:
            fit = _common_form(pictures, forms)
        self.shape = (len(pictures), *fit)
        #: Width and height that each picture came with.
        self.original_sizes = tuple((form.width, form.height) for form in forms)
        self._pictures = tuple(pictures)

    def read(self, start: int, stop: int) -> ImageArray:
        """As `Source.read`."""
        images = np.empty((stop - start, *self.shape[1:]), np.uint8)
        for row, picture in enumerate(self._pictures[start:stop]):
            images[row] = _decoded(picture, self.shape)
        return images


def read_files(paths: Sequence[Path], *, fit: tuple[int, int, int] | None = None) -> PictureSource:
    """Some picture files, in that order; ``fit`` as for `PictureSource`.

    Raises:
        UnreadableFile: One cannot be opened; and what `PictureSource` raises.
    """
    found = [Picture(path.name, partial(_file_bytes, path)) for path in paths]
    return PictureSource(found, fit=fit)


def refuse_large_file(n_bytes: int, name: str) -> None:
    """Raise where a picture file is larger than any sensible one.

    Raises:
        TooLarge: It is.
    """
    if n_bytes > _MAX_FILE_BYTES:
        raise errors.TooLarge(
            f"{name} has {n_bytes} bytes; the limit for a picture is {_MAX_FILE_BYTES}",
            place=name, expected=_MAX_FILE_BYTES, received=n_bytes,
        )  # fmt: skip


@dataclass(frozen=True)
class _Form:
    width: int
    height: int
    is_colour: bool


def _form_of(picture: Picture) -> _Form:
    with _opened(picture) as image:
        if image.mode not in _GRAY + _COLOUR:
            raise errors.InvalidDataset(
                f"{picture.name}: pictures of kind {image.mode!r} are not read; "
                "save it with 8 bits a channel, RGB or gray",
                place=picture.name, expected=["RGB", "L"], received=image.mode,
            )  # fmt: skip
        if image.width * image.height > _MAX_PIXELS:
            raise errors.TooLarge(
                f"{picture.name} is {image.width} x {image.height}; "
                f"the limit is {_MAX_PIXELS} pixels",
                place=picture.name, expected=_MAX_PIXELS, received=image.width * image.height,
            )  # fmt: skip
        return _Form(image.width, image.height, image.mode in _COLOUR)


def _common_form(pictures: Sequence[Picture], forms: Sequence[_Form]) -> tuple[int, int, int]:
    for picture, form in zip(pictures, forms, strict=True):
        _refuse_other_size(picture, form, pictures[0], forms[0])
    # One in colour makes all of them so: photographs in gray are common in JPEG sets.
    channels = 3 if any(form.is_colour for form in forms) else 1
    return forms[0].height, forms[0].width, channels


def _decoded(picture: Picture, shape: tuple[int, ...]) -> ImageArray:
    _, height, width, channels = shape
    with _opened(picture) as image:
        _refuse_transparency(image, picture)
        plain = image.convert("RGB" if channels == 3 else "L")
        if plain.size != (width, height):
            plain = plain.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(plain).reshape(shape[1:])


@contextmanager
def _opened(picture: Picture) -> Iterator[Image.Image]:
    """An open picture; what Pillow raises about a damaged one becomes `CorruptFile`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about sizes, which are checked here
            with Image.open(BytesIO(picture.fetch()), formats=_FORMATS) as image:
                yield image
    except Image.DecompressionBombError as error:
        raise errors.TooLarge(f"{picture.name}: {error}", place=picture.name) from error
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise errors.CorruptFile(
            f"{picture.name} is not a whole PNG, JPEG or BMP picture",
            place=picture.name, library="Pillow", reason=str(error),
        ) from error  # fmt: skip


def _refuse_transparency(image: Image.Image, picture: Picture) -> None:
    if image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] != 255:
        raise errors.InvalidDataset(
            f"{picture.name} has transparent pixels; save it without an alpha channel",
            place=picture.name,
        )


def _refuse_other_size(picture: Picture, form: _Form, first: Picture, expected: _Form) -> None:
    if (form.width, form.height) != (expected.width, expected.height):
        raise errors.InvalidDataset(
            f"{picture.name} is {form.width} x {form.height}, but {first.name} is "
            f"{expected.width} x {expected.height}; all pictures must have one size",
            place=picture.name, expected=[expected.width, expected.height],
            received=[form.width, form.height],
        )  # fmt: skip


def _file_bytes(path: Path) -> bytes:
    try:
        refuse_large_file(path.stat().st_size, path.name)
        return path.read_bytes()
    except OSError as error:
        raise errors.UnreadableFile(f"{path.name} cannot be read: {error.strerror}") from error
