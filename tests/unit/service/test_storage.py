"""Files named by their hash."""

import errno
import hashlib
import io
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service import errors, storage
from service.settings import Settings
from service.storage import LocalStorage, Stored

DATA = b"what was uploaded"
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def kept(tmp_path):
    return storage.make_storage(Settings(state_folder=tmp_path))


def _files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_put_comes_back_under_its_hash(kept):
    assert kept.put(io.BytesIO(DATA)) == Stored(sha256=SHA256, n_bytes=len(DATA))
    with kept.open(SHA256) as stream:
        assert stream.read() == DATA
    kept.verify(SHA256)


@settings(deadline=None)  # it waits for the disk
@given(data=st.binary(max_size=100))
def test_any_bytes_come_back(tmp_path_factory, data):
    kept = LocalStorage(tmp_path_factory.mktemp("storage"))
    stored = kept.put(io.BytesIO(data))
    with kept.open(stored.sha256) as stream:
        assert stream.read() == data


def test_the_same_bytes_are_kept_once(kept, tmp_path):
    assert kept.put(io.BytesIO(DATA)) == kept.put(io.BytesIO(DATA))
    assert len(_files(tmp_path)) == 1
    assert list(kept.iterate()) == [Stored(sha256=SHA256, n_bytes=len(DATA))]


def test_a_stored_file_may_not_be_written(kept):
    kept.put(io.BytesIO(DATA))
    assert stat.S_IMODE(kept.path(SHA256).stat().st_mode) == 0o444


def test_take_moves_a_file_into_storage(kept, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(DATA)
    assert kept.take(path, SHA256).n_bytes == len(DATA)
    assert not path.exists()
    kept.verify(SHA256)


def test_take_copies_from_another_disk(kept, tmp_path, monkeypatch):
    path = tmp_path / "upload"
    path.write_bytes(DATA)
    real = LocalStorage._appear
    refused = iter([OSError(errno.EXDEV, "another disk")])

    def appear(self, partial, sha256):
        error = next(refused, None)
        if error:
            raise error
        real(self, partial, sha256)

    monkeypatch.setattr(LocalStorage, "_appear", appear)
    assert kept.take(path, SHA256) == Stored(sha256=SHA256, n_bytes=len(DATA))
    assert not path.exists()


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "A" * 64, SHA256 + "\n"])
def test_what_is_not_there_is_not_found(kept, name):
    with pytest.raises(errors.NotFound):
        kept.open(name)


def test_damage_is_noticed(kept):
    kept.put(io.BytesIO(DATA))
    path = kept.path(SHA256)
    path.chmod(0o644)
    path.write_bytes(b"something else")
    with pytest.raises(errors.ChecksumMismatch):
        kept.verify(SHA256)


def test_delete_forgets_and_may_be_repeated(kept):
    kept.put(io.BytesIO(DATA))
    kept.delete(SHA256)
    kept.delete(SHA256)
    assert list(kept.iterate()) == []


def test_nothing_is_left_of_a_stream_that_breaks(kept, tmp_path):
    class Broken(io.BytesIO):
        def read(self, *_):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        kept.put(Broken())
    assert _files(tmp_path) == []


def test_a_full_disk_is_told_and_nothing_is_left(kept, tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(errors.InsufficientStorage):
        kept.put(io.BytesIO(DATA))
    assert _files(tmp_path) == []


def test_free_bytes_of_a_folder_that_is_not_there_yet(tmp_path):
    assert storage.free_bytes(tmp_path / "a" / "b") == pytest.approx(
        storage.free_bytes(tmp_path), rel=0.1
    )
