"""A folder as storage."""

import errno
import hashlib
import io
import os
import threading
import time

import pytest

from service import errors, storage
from service.storage import LocalStorage, Stored

DATA = b"what was uploaded"
SHA256 = hashlib.sha256(DATA).hexdigest()
DAY_S = 86400.0


@pytest.fixture
def kept(tmp_path):
    return LocalStorage(tmp_path)


@pytest.fixture
def stored(kept):
    """A file that lies in storage since two days ago."""
    kept.put(io.BytesIO(DATA))
    long_ago = time.time() - 2 * DAY_S
    os.utime(kept.path(SHA256), (long_ago, long_ago))
    return kept.path(SHA256)


def _damage(path):
    path.chmod(0o644)
    path.write_bytes(b"something else...")


@pytest.mark.parametrize("ask", ["open", "path", "verify"])
def test_nothing_of_a_damaged_file_is_handed_out(tmp_path, stored, ask):
    _damage(stored)
    with pytest.raises(errors.DamagedFile):
        getattr(LocalStorage(tmp_path), ask)(SHA256)


@pytest.mark.parametrize("ask", ["open", "path", "verify"])
def test_damage_is_noticed_also_after_the_file_was_read(kept, stored, ask):
    kept.open(SHA256).close()
    _damage(stored)
    with pytest.raises(errors.DamagedFile):
        getattr(kept, ask)(SHA256)


def test_a_damaged_file_is_mended_by_storing_it_again(kept, stored):
    _damage(stored)
    kept.put(io.BytesIO(DATA))
    kept.verify(SHA256)


def test_a_file_is_read_once_to_compare_it_with_its_name(kept, stored):
    looks = []
    for _ in range(3):
        kept.path(SHA256, watch=lambda: looks.append(1))
    assert len(looks) == 0  # the fixture has asked for it already
    os.utime(stored)
    kept.path(SHA256, watch=lambda: looks.append(1))
    assert len(looks) == 1


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


def _fails_with(number):
    def fail(_):
        raise OSError(number, os.strerror(number))

    return fail


def test_a_full_disk_is_told_and_nothing_is_left(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", _fails_with(errno.ENOSPC))
    with pytest.raises(errors.InsufficientStorage):
        kept.put(io.BytesIO(DATA))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_disk_that_does_not_work_is_told(kept, monkeypatch):
    monkeypatch.setattr(os, "fsync", _fails_with(errno.EIO))
    with pytest.raises(errors.StorageUnavailable):
        kept.put(io.BytesIO(DATA))


def test_the_age_of_a_file_counts_from_when_it_was_stored(kept, stored):
    (found,) = kept.iterate()
    assert found.age_s == pytest.approx(2 * DAY_S, abs=60)


def test_storing_a_file_again_makes_it_young(kept, stored):
    kept.put(io.BytesIO(DATA))
    assert list(kept.forget([SHA256], older_than_s=DAY_S)) == []


def test_taking_a_file_that_was_written_long_ago_makes_it_young(kept, stored, tmp_path):
    upload = tmp_path / "upload"
    upload.write_bytes(DATA)
    os.utime(upload, (0, 0))
    kept.take(upload, SHA256)
    assert list(kept.forget([SHA256], older_than_s=DAY_S)) == []


def test_renewing_a_file_makes_it_young(kept, stored):
    kept.renew(SHA256)
    assert list(kept.forget([SHA256], older_than_s=DAY_S)) == []


def test_who_stores_a_file_while_it_is_forgotten_keeps_it(kept, stored):
    """A hundred times, at once: the file that was stored is there, old or new."""
    long_ago = time.time() - 2 * DAY_S

    def forget():
        list(kept.forget([SHA256], older_than_s=DAY_S))

    def round_of_both():
        os.utime(stored, (long_ago, long_ago))
        forgetting = threading.Thread(target=forget)
        forgetting.start()
        kept.put(io.BytesIO(DATA))
        forgetting.join()
        return kept.verify(SHA256).n_bytes

    assert {round_of_both() for _ in range(100)} == {len(DATA)}


def test_who_looks_and_who_removes_are_one_while_others_wait(kept, stored, monkeypatch):
    """The moment between the look at the age and the end of the file, drawn out."""
    real, storing = type(stored).unlink, threading.Thread(target=kept.put, args=[io.BytesIO(DATA)])

    def unlink(path, **options):
        if path == stored:
            storing.start()
            time.sleep(0.1)
        real(path, **options)

    monkeypatch.setattr(type(stored), "unlink", unlink)
    assert [found.sha256 for found in kept.forget([SHA256], older_than_s=DAY_S)] == [SHA256]
    storing.join()
    kept.verify(SHA256)


def test_what_a_process_left_when_it_died_is_found_and_removed(kept, tmp_path):
    left = tmp_path / "partial" / "tmp123"
    left.parent.mkdir()
    left.write_bytes(DATA)
    assert list(kept.unfinished(older_than_s=60)) == []
    (found,) = kept.unfinished(older_than_s=0)
    found.remove()
    assert (found.n_bytes, left.exists()) == (len(DATA), False)


def test_free_bytes_of_a_folder_that_is_not_there_yet(tmp_path):
    assert storage.free_bytes(tmp_path / "a" / "b") == pytest.approx(
        storage.free_bytes(tmp_path), rel=0.1
    )
