"""A canonical folder survives being packed, and damage to it is noticed."""

import hashlib
import io
import os
import tarfile

import pytest

from service import errors
from worker import packing


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "canonical"
    folder.mkdir()
    (folder / "images.npy").write_bytes(os.urandom(300_000))
    (folder / "facts.json").write_text("{}")
    return folder


@pytest.fixture
def packed(folder, tmp_path):
    packing.pack(folder, tmp_path / "packed.tar")
    return (tmp_path / "packed.tar").read_bytes()


def unpack(content, folder, *, sha256=None):
    expected = sha256 or hashlib.sha256(content).hexdigest()
    packing.unpack(io.BytesIO(content), folder, sha256=expected)


def test_files_come_back_as_they_were(folder, packed, tmp_path):
    unpack(packed, tmp_path / "back")
    back = {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()}
    assert back == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_files_give_the_same_bytes(folder, packed, tmp_path):
    os.utime(folder / "facts.json", (1, 1))
    packing.pack(folder, tmp_path / "again.tar")
    assert (tmp_path / "again.tar").read_bytes() == packed


@pytest.mark.parametrize("damage", [lambda c: c[:-20_000], lambda c: c[:700] + b"?" + c[701:]])
def test_damage_is_noticed(packed, tmp_path, damage):
    sha256 = hashlib.sha256(packed).hexdigest()
    with pytest.raises(errors.ChecksumMismatch):
        unpack(damage(packed), tmp_path / "back", sha256=sha256)


def test_nothing_is_written_outside_the_folder(tmp_path):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../planted"))
    with pytest.raises(errors.ChecksumMismatch):
        unpack(content.getvalue(), tmp_path / "back")
    assert not (tmp_path / "planted").exists()


def test_a_place_that_cannot_be_written_is_told(folder, packed, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(errors.InsufficientStorage):
        unpack(packed, tmp_path / "file")
    with pytest.raises(errors.InsufficientStorage):
        packing.pack(folder, tmp_path / "file" / "packed.tar")
