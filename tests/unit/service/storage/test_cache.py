"""Copies of stored files, kept for the next who asks."""

import contextlib
import hashlib
import os
import threading
import time

import pytest

from core import errors as core_errors
from service import errors
from service.storage.cache import Cache

HOUR_S = 3600.0


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path, max_bytes=250)


def _data(number):
    return bytes([number]) * 100


def _sha256(number):
    return hashlib.sha256(_data(number)).hexdigest()


def _fetched(cache, number, *, used_s_ago=0.0):
    """A copy, fetched or not, that somebody asked for so long ago."""
    path = cache.path(_sha256(number), lambda target: target.write_bytes(_data(number)))
    os.utime(path, (time.time() - used_s_ago, path.stat().st_mtime))
    return path


def _never(target):
    pytest.fail("it is here already")


def test_a_file_is_fetched_once(cache):
    path = _fetched(cache, 1)
    assert cache.path(_sha256(1), _never) == path
    assert path.read_bytes() == _data(1)


def test_another_process_finds_the_copy_and_reads_it_once(cache, tmp_path):
    _fetched(cache, 1)
    looks = []
    other = Cache(tmp_path, max_bytes=250)
    other.path(_sha256(1), _never, watch=lambda: looks.append(1))
    other.path(_sha256(1), _never, watch=lambda: looks.append(1))
    assert len(looks) == 1


def test_what_nobody_asked_for_the_longest_makes_room(cache):
    first = _fetched(cache, 1, used_s_ago=2 * HOUR_S)
    second = _fetched(cache, 2, used_s_ago=3 * HOUR_S)
    third = _fetched(cache, 3)
    assert [path.exists() for path in (first, second, third)] == [True, False, True]


def test_asking_for_a_copy_keeps_it(cache):
    first = _fetched(cache, 1, used_s_ago=3 * HOUR_S)
    second = _fetched(cache, 2, used_s_ago=2 * HOUR_S)
    cache.path(_sha256(1), _never)
    _fetched(cache, 3)
    assert [path.exists() for path in (first, second)] == [True, False]


def test_what_may_be_in_use_stays_even_if_it_is_too_much(cache):
    paths = [_fetched(cache, number) for number in range(5)]
    assert [path.exists() for path in paths] == [True] * 5


def test_what_was_fetched_wrong_is_told_and_not_kept(cache, tmp_path):
    with pytest.raises(errors.DamagedFile):
        cache.path(_sha256(1), lambda target: target.write_bytes(b"something else"))
    assert list(tmp_path.rglob("copies/*/*")) == []


def test_nothing_is_left_of_a_fetch_that_fails(cache, tmp_path):
    def fail(target):
        target.write_bytes(b"half of it")
        raise errors.StorageUnavailable

    with pytest.raises(errors.StorageUnavailable):
        cache.path(_sha256(1), fail)
    assert list(tmp_path.rglob("partial/*")) + list(tmp_path.rglob("copies/*/*")) == []


@contextlib.contextmanager
def _slow_fetch(cache):
    """Somebody fetches the first file for as long as this lasts."""
    begun, over = threading.Event(), threading.Event()

    def fetch(target):
        begun.set()
        over.wait(10)
        target.write_bytes(_data(1))

    thread = threading.Thread(target=cache.path, args=[_sha256(1), fetch])
    thread.start()
    begun.wait(10)
    yield over.set
    over.set()
    thread.join()


def test_who_asks_while_it_is_fetched_waits_for_that_one(cache, tmp_path):
    other = Cache(tmp_path, max_bytes=250)
    with _slow_fetch(cache) as finish:
        threading.Timer(0.1, finish).start()
        assert other.path(_sha256(1), _never).read_bytes() == _data(1)


def test_who_waits_for_somebody_elses_fetch_can_stop_waiting(cache, tmp_path):
    def stop():
        raise core_errors.Canceled

    other = Cache(tmp_path, max_bytes=250)
    with _slow_fetch(cache), pytest.raises(core_errors.Canceled):
        other.path(_sha256(1), _never, watch=stop)
