"""Zip archives are looked through before anything in them is unpacked."""

import warnings
import zipfile

import pytest

from core import errors
from core.data import archives
from tests.unit.core.data import files


def test_a_good_archive_is_opened(tmp_path):
    path = files.zipped(tmp_path / "a.zip", {"a": b"1"})
    assert archives.open_archive(path, name="a.zip").namelist() == ["a"]


def test_encrypted_members_are_refused(tmp_path):
    path = files.zipped(tmp_path / "a.zip", {"a": b"1"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(errors.UnsafeFile, match="without a password"):
        archives.open_archive(path, name="a.zip")


def test_two_members_of_one_name_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("a", b"1")
        archive.writestr("a", b"2")
    with pytest.raises(errors.UnsafeFile, match="two members of one name"):
        archives.open_archive(tmp_path / "a.zip", name="a.zip")


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_MAX_MEMBERS", 1)
    path = files.zipped(tmp_path / "a.zip", {"a": b"1", "b": b"2"})
    with pytest.raises(errors.TooLarge, match="has 2 members"):
        archives.open_archive(path, name="a.zip")


def test_more_than_any_set_may_unpack_to_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.contents.MAX_UNPACKED_BYTES", 2)
    path = files.zipped(tmp_path / "a.zip", {"a": b"123"})
    with pytest.raises(errors.TooLarge, match="the limit is"):
        archives.open_archive(path, name="a.zip")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(3)])
def test_what_is_no_whole_archive_is_corrupt(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(errors.CorruptFile):
        archives.open_archive(tmp_path / "a.zip", name="a.zip")
