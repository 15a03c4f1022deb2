"""Zip archives that are made while they are sent."""

import io
import zipfile

import pytest

from service import archives, storage
from service.archives import Entry
from service.settings import Settings


@pytest.fixture
def kept(tmp_path):
    return storage.make_storage(Settings(state_folder=tmp_path))


def stored(kept, name, content):
    file = kept.put(io.BytesIO(content))
    return Entry(name=name, sha256=file.sha256, n_bytes=file.n_bytes, storage=kept)


def opened(entries):
    return zipfile.ZipFile(io.BytesIO(b"".join(archives.stream(entries))))


def test_what_goes_in_comes_out(kept):
    entries = [Entry.of_bytes("a.txt", b"small"), stored(kept, "b/c.h5", bytes(3 * 2**20))]
    archive = opened(entries)
    assert archive.testzip() is None
    assert archive.namelist() == ["a.txt", "b/c.h5"]
    assert (archive.read("a.txt"), archive.getinfo("b/c.h5").file_size) == (b"small", 3 * 2**20)


def test_the_same_files_give_the_same_bytes(kept):
    entries = [stored(kept, "a", b"content")]
    assert b"".join(archives.stream(entries)) == b"".join(archives.stream(entries))


def test_a_large_file_comes_in_parts(kept):
    parts = list(archives.stream([stored(kept, "a", bytes(5 * 2**20))]))
    assert max(map(len, parts)) < 2 * 2**20
