"""Files named by their hash, whatever they are kept in."""

import hashlib
import io
import stat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import errors as core_errors
from service import errors
from service.storage import Stored

DATA = b"what was uploaded"
SHA256 = hashlib.sha256(DATA).hexdigest()


def _temporary(storage_settings):
    return list(storage_settings.state_folder.rglob("partial/*"))


def test_what_is_put_comes_back_under_its_hash(kept):
    assert kept.put(io.BytesIO(DATA)) == Stored(sha256=SHA256, n_bytes=len(DATA))
    with kept.open(SHA256) as stream:
        assert stream.read() == DATA
    assert kept.verify(SHA256) == Stored(sha256=SHA256, n_bytes=len(DATA))


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=100))
def test_any_bytes_come_back(kept, data):
    stored = kept.put(io.BytesIO(data))
    with kept.open(stored.sha256) as stream:
        assert stream.read() == data


def test_a_stream_can_seek(kept):
    kept.put(io.BytesIO(DATA))
    with kept.open(SHA256) as stream:
        assert stream.seek(5) == 5
        assert stream.read(3) == b"was"
        assert stream.seek(0, io.SEEK_END) == len(DATA)


def test_the_same_bytes_are_kept_once(kept):
    assert kept.put(io.BytesIO(DATA)) == kept.put(io.BytesIO(DATA))
    assert list(kept.iterate()) == [Stored(sha256=SHA256, n_bytes=len(DATA))]


def test_all_that_is_kept_is_listed(kept):
    stored = {kept.put(io.BytesIO(bytes([number]))) for number in range(5)}
    assert set(kept.iterate()) == stored


def test_a_file_that_a_child_reads_may_not_be_written(kept):
    kept.put(io.BytesIO(DATA))
    path = kept.path(SHA256)
    assert path.read_bytes() == DATA
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_take_moves_a_file_into_storage(kept, tmp_path):
    path = tmp_path / "upload"
    path.write_bytes(DATA)
    assert kept.take(path, SHA256).n_bytes == len(DATA)
    assert not path.exists()
    kept.verify(SHA256)


@pytest.mark.parametrize("ask", ["open", "path", "verify", "renew"])
def test_what_is_not_there_is_not_found(kept, ask):
    with pytest.raises(errors.NotFound):
        getattr(kept, ask)("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, SHA256 + "\n"])
def test_what_is_no_hash_is_not_found(kept, name):
    with pytest.raises(errors.NotFound):
        kept.open(name)


def test_delete_forgets_and_may_be_repeated(kept):
    kept.put(io.BytesIO(DATA))
    kept.delete(SHA256)
    kept.delete(SHA256)
    assert list(kept.iterate()) == []


def test_nothing_is_left_of_a_stream_that_breaks(kept, storage_settings):
    class Broken(io.BytesIO):
        def read(self, *_):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        kept.put(Broken())
    assert list(kept.iterate()) == []
    assert _temporary(storage_settings) == []


def test_nothing_is_left_on_this_disk_of_what_was_put(kept, storage_settings):
    kept.put(io.BytesIO(DATA))
    assert _temporary(storage_settings) == []


@pytest.mark.parametrize("ask", ["open", "path"])
def test_who_waits_for_a_file_can_stop_waiting(kept, ask):
    def stop():
        raise core_errors.Canceled

    kept.put(io.BytesIO(DATA))
    with pytest.raises(core_errors.Canceled):
        getattr(kept, ask)(SHA256, watch=stop)


def test_old_files_are_forgotten(kept):
    kept.put(io.BytesIO(DATA))
    assert [found.sha256 for found in kept.forget([SHA256], older_than_s=0)] == [SHA256]
    assert list(kept.iterate()) == []


def test_young_files_are_not_forgotten(kept):
    kept.put(io.BytesIO(DATA))
    assert list(kept.forget([SHA256], older_than_s=60)) == []
    kept.verify(SHA256)


def test_forgetting_what_is_gone_is_no_error(kept):
    assert list(kept.forget(["0" * 64], older_than_s=0)) == []


def test_a_storage_that_works_passes_its_check(kept):
    kept.check()
