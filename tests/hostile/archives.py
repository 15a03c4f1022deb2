"""Keras archives (.keras) that are not what they should be."""

import io
import json
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import h5py
import numpy as np

from tests.unit.core.modelfile import files

from .kinds import Traps, hostile

CENTRAL, LOCAL = b"PK\x01\x02", b"PK\x03\x04"


def weights_file(fill=None) -> bytes:
    """The weights of the plain model in the layout of an archive, or what `fill` makes of them."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for name, own in zip(("conv2d", "dense"), files.arrays().values(), strict=True):
            for index, array in enumerate(own.values()):
                file.create_dataset(f"layers/{name}/vars/{index}", data=array)
        if fill:
            fill(file)
    return buffer.getvalue()


def members(config=None, weights: bytes | None = None) -> dict[str, bytes]:
    return {
        "metadata.json": b'{"keras_version": "2.15.0"}',
        "config.json": json.dumps(files.config() if config is None else config).encode(),
        "model.weights.h5": weights_file() if weights is None else weights,
    }


def keras(path: Path, config=None, weights: bytes | None = None, *, more=(), **options) -> Path:
    """An archive; `more` are further members, names or `ZipInfo` with their content."""
    with zipfile.ZipFile(path, "w", **options) as zipped, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about members of one name
        for name, content in [*members(config, weights).items(), *more]:
            zipped.writestr(name, content)
    return path


def patched(path: Path, signature: bytes, offset: int, value: bytes) -> None:
    """Overwrite a field of every header of a kind."""
    content = bytearray(path.read_bytes())
    at = content.find(signature)
    while at >= 0:
        content[at + offset : at + offset + len(value)] = value
        at = content.find(signature, at + 4)
    path.write_bytes(content)


@hostile("too-large", suffix=".keras")
def zip_bomb(path: Path, traps: Traps) -> None:
    """A weights file of zeros that unpacks to a thousand times its size."""
    keras(path, weights=bytes(64 << 20), compression=zipfile.ZIP_DEFLATED)


@hostile("corrupt-file", suffix=".keras")
def zip_bomb_that_lies(path: Path, traps: Traps) -> None:
    """A member that unpacks to far more than the archive says."""
    keras(path, weights=bytes(64 << 20), compression=zipfile.ZIP_DEFLATED)
    patched(path, CENTRAL, 24, struct.pack("<I", 1000))
    patched(path, LOCAL, 22, struct.pack("<I", 1000))


@hostile("unsafe-file", suffix=".keras", stock="does not escape")
def zip_slip(path: Path, traps: Traps) -> None:
    """A member whose name leads out of the folder it would be unpacked to."""
    keras(path, more=[("../../the-code-ran", b"x")])


@hostile("unsafe-file", suffix=".keras")
def absolute_member(path: Path, traps: Traps) -> None:
    """A member with an absolute name."""
    keras(path, more=[(str(traps.marker), b"x")])


@hostile("unsafe-file", suffix=".keras")
def assets_member(path: Path, traps: Traps) -> None:
    """An asset, which some layers read as a vocabulary."""
    keras(path, more=[("assets/vocabulary.txt", b"x")])


@hostile("unsafe-file", suffix=".keras")
def symlink_member(path: Path, traps: Traps) -> None:
    """A configuration that is a symbolic link to another file."""
    link = zipfile.ZipInfo("config.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in members().items():
            zipped.writestr(
                *((link, str(traps.decoy)) if name == "config.json" else (name, content))
            )


@hostile("unsafe-file", suffix=".keras")
def encrypted_member(path: Path, traps: Traps) -> None:
    """Members that need a password."""
    keras(path)
    patched(path, CENTRAL, 8, b"\x01\x00")
    patched(path, LOCAL, 6, b"\x01\x00")


@hostile("unsafe-file", suffix=".keras")
def member_listed_twice(path: Path, traps: Traps) -> None:
    """Two configurations: a scanner may read one, and a loader the other."""
    keras(path, more=[("config.json", b"{}")])


@hostile("unsafe-file", suffix=".keras")
def member_with_a_nul(path: Path, traps: Traps) -> None:
    """A name that ends for some readers where it goes on for others."""
    keras(path, more=[("config.json\x00.txt", b"{}")])


@hostile("unsafe-file", suffix=".keras")
def overlapping_members(path: Path, traps: Traps) -> None:
    """Members that share their bytes, as in the bombs that unpack without end."""
    keras(path)
    patched(path, CENTRAL, 42, struct.pack("<I", 0))


@hostile("unsafe-file", suffix=".keras")
def packed_with_lzma(path: Path, traps: Traps) -> None:
    """A packing that Keras never uses."""
    keras(path, compression=zipfile.ZIP_LZMA)


@hostile("corrupt-file", suffix=".keras")
def archive_without_weights(path: Path, traps: Traps) -> None:
    """An archive that lacks the weights."""
    files.keras_archive(path, config_json="{}", metadata_json="{}")


@hostile("corrupt-file", suffix=".keras")
def archive_in_an_archive(path: Path, traps: Traps) -> None:
    """Weights that are an archive again."""
    keras(path, weights=keras(path).read_bytes())


@hostile("unsafe-file", suffix=".keras")
def archive_with_an_external_link(path: Path, traps: Traps) -> None:
    """Weights in an archive that link to another file."""
    link = h5py.ExternalLink(str(traps.decoy_hdf5), "/secret")
    keras(path, weights=weights_file(lambda file: file.__setitem__("layers/more", link)))


@hostile("incompatible-weights", suffix=".keras")
def archive_with_more_weights(path: Path, traps: Traps) -> None:
    """A weight in an archive that no layer has."""
    more = np.zeros(3, "f4")
    keras(path, weights=weights_file(lambda file: file.__setitem__("layers/evil/vars/0", more)))


@hostile("not-hdf5", suffix=".keras")
def page_before_an_archive(path: Path, traps: Traps) -> None:
    """A web page with an archive after it, which zip readers find from its end."""
    path.write_bytes(b"<html><script>alert(1)</script></html>" + keras(path).read_bytes())


@hostile("corrupt-file", suffix=".keras")
def archive_cut_short(path: Path, traps: Traps) -> None:
    """An archive without its end."""
    path.write_bytes(keras(path).read_bytes()[:-40])


@hostile("corrupt-file", suffix=".keras")
def configuration_that_is_no_text(path: Path, traps: Traps) -> None:
    """A configuration that is not UTF-8."""
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in {**members(), "config.json": b"\xff\xfe{}"}.items():
            zipped.writestr(name, content)


@hostile("too-large", suffix=".keras")
def configuration_without_end(path: Path, traps: Traps) -> None:
    """A configuration of 16 million characters."""
    keras(path, {"class_name": "Model", "config": {"name": "x" * (16 << 20)}})
