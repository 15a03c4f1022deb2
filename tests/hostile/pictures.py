"""Pictures and archives of pictures that are something else, or too much."""

import io
import pickle
import stat
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from tests.unit.core.data import files

from .kinds import Traps, hostile

PNG = files.picture(files.faces(n=1)[0])


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def png(width: int, height: int, *more: bytes) -> bytes:
    """A PNG of zeros that declares any size; as many rows are there as fit into 64 MB."""
    rows = min(height, (64 << 20) // (width + 1))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(rows * (width + 1)), 9)
    parts = [chunk(b"IHDR", head), *more, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def folders(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> None:
    """An archive of class folders; two good pictures, and more members."""
    with zipfile.ZipFile(path, "w") as zipped, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about members of one name
        for name, content in [("cats/1.png", PNG), ("dogs/1.png", PNG), *members]:
            zipped.writestr(name, content)


@hostile("unsafe-file", role="data set", suffix=".zip")
def picture_that_leads_out(path: Path, traps: Traps) -> None:
    """A picture whose name leads out of the folder it would be unpacked to."""
    folders(path, ("cats/../../../2.png", PNG))


@hostile("unsafe-file", role="data set", suffix=".zip")
def picture_with_an_absolute_name(path: Path, traps: Traps) -> None:
    """A picture with an absolute name."""
    folders(path, (f"{traps.folder}/cats/2.png", PNG))


@hostile("unsafe-file", role="data set", suffix=".zip")
def picture_that_is_a_symlink(path: Path, traps: Traps) -> None:
    """A picture that is a symbolic link to another file."""
    link = zipfile.ZipInfo("cats/2.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    folders(path, (link, str(traps.decoy).encode()))


@hostile("unsafe-file", role="data set", suffix=".zip")
def class_with_controls_in_its_name(path: Path, traps: Traps) -> None:
    """A class whose name forges a line of the log and clears the screen."""
    folders(path, ("cats\nall is well\x1b[2J/2.png", PNG))


@hostile("unsafe-file", role="data set", suffix=".zip")
def picture_without_a_name(path: Path, traps: Traps) -> None:
    """A member whose name is nothing but what comes after a NUL."""
    folders(path, ("Q.png", PNG))
    path.write_bytes(path.read_bytes().replace(b"Q.png", b"\0.png"))


@hostile("unsafe-file", role="data set", suffix=".zip")
def picture_listed_twice(path: Path, traps: Traps) -> None:
    """Two pictures of one name."""
    folders(path, ("cats/1.png", PNG))


@hostile("not-a-dataset", role="data set", suffix=".zip")
def program_among_pictures(path: Path, traps: Traps) -> None:
    """A script among the pictures."""
    folders(path, ("cats/run.sh", b"#!/bin/sh\n"))


@hostile("corrupt-file", role="data set", suffix=".zip")
def drawing_with_a_script(path: Path, traps: Traps) -> None:
    """An SVG with a script in it, under the name of a PNG."""
    folders(path, ("cats/2.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'))


@hostile("corrupt-file", role="data set", suffix=".zip")
def pickle_among_pictures(path: Path, traps: Traps) -> None:
    """A pickle under the name of a PNG."""
    folders(path, ("cats/2.png", pickle.dumps(print)))


@hostile("too-large", role="data set", suffix=".zip")
def picture_without_end(path: Path, traps: Traps) -> None:
    """A PNG of 60,000 x 60,000 pixels in a few kilobytes."""
    folders(path, ("cats/2.png", png(60_000, 60_000)))


@hostile("too-large", role="data set", suffix=".zip")
def pictures_that_grow(path: Path, traps: Traps) -> None:
    """A thousand pictures of 4,000 x 4,000 black pixels: 16 MB become 16 GB."""
    bomb = png(4000, 4000)
    with zipfile.ZipFile(path, "w") as zipped:
        for number in range(1000):
            zipped.writestr(f"cats/{number}.png", bomb)


@hostile("corrupt-file", role="data set", suffix=".zip")
def text_in_a_picture(path: Path, traps: Traps) -> None:
    """A PNG with a packed comment that unpacks to 64 MB."""
    comment = chunk(b"zTXt", b"c\x00\x00" + zlib.compress(bytes(64 << 20), 9))
    folders(path, ("cats/2.png", png(4, 5, comment)))


@hostile("corrupt-file", role="data set", suffix=".zip")
def picture_cut_short(path: Path, traps: Traps) -> None:
    """Half a picture."""
    folders(path, ("cats/2.png", PNG[: len(PNG) // 2]))


@hostile("dataset-invalid", role="data set", suffix=".zip")
def picture_of_another_size(path: Path, traps: Traps) -> None:
    """A picture that is larger than the others."""
    folders(path, ("cats/2.png", files.picture(np.zeros((9, 9, 3), np.uint8))))


@hostile("too-large", role="picture", suffix=".png")
def one_picture_without_end(path: Path, traps: Traps) -> None:
    """A picture to try of 60,000 x 60,000 pixels."""
    path.write_bytes(png(60_000, 60_000))


@hostile("corrupt-file", role="picture", suffix=".jpg")
def one_picture_of_noise(path: Path, traps: Traps) -> None:
    """A picture to try that begins like a JPEG and goes on as noise."""
    path.write_bytes(b"\xff\xd8\xff\xe0" + np.random.default_rng(0).bytes(5000))


@hostile("corrupt-file", role="picture", suffix=".png")
def one_picture_of_another_format(path: Path, traps: Traps) -> None:
    """A PostScript program under the signature of a bitmap, for readers that guess again."""
    program = b"%!PS-Adobe-3.0 EPSF-3.0\n(" + bytes(traps.marker) + b") (w) file\n"
    path.write_bytes(b"BM" + program)


def gif() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((5, 4), np.uint8)).save(buffer, "GIF")
    return buffer.getvalue()


@hostile("not-hdf5", role="picture", suffix=".png")
def one_picture_that_moves(path: Path, traps: Traps) -> None:
    """A GIF, whose reader is never asked, under the name of a PNG."""
    path.write_bytes(gif())
