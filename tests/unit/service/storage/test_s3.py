"""A bucket as storage."""

import contextlib
import hashlib
import io
import os
import signal
import sys
import threading
import time

import pytest
from boto3.s3.transfer import TransferConfig

from service import errors, storage
from service.settings import Settings
from service.storage import Stored, buckets, s3
from tests.stores import BUCKET

DATA = b"what was uploaded"
SHA256 = hashlib.sha256(DATA).hexdigest()
MIB = 2**20


@pytest.fixture
def storage_settings(s3_storage_settings):
    return s3_storage_settings


@pytest.fixture
def bucket(store, storage_settings):
    """What lies in our part of the bucket, seen from outside."""
    return _Outside(store.client(), storage_settings.storage_url.rpartition("/")[2])


class _Outside:
    def __init__(self, client, prefix):
        self.client, self._prefix = client, prefix

    def key(self, name):
        return f"{self._prefix}/{name}"

    def write(self, name, content):
        self.client.put_object(Bucket=BUCKET, Key=self.key(name), Body=content)

    def remove(self, name):
        self.client.delete_object(Bucket=BUCKET, Key=self.key(name))

    def names(self):
        listing = self.client.list_objects_v2(Bucket=BUCKET, Prefix=self.key(""))
        return [item["Key"].removeprefix(self.key("")) for item in listing.get("Contents", ())]


PLACE = f"blobs/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"


def test_a_file_lies_under_its_hash_below_the_prefix(kept, bucket):
    kept.put(io.BytesIO(DATA))
    assert bucket.names() == [PLACE]


@pytest.mark.parametrize("ask", ["open", "path", "verify"])
def test_nothing_of_a_damaged_object_is_handed_out(kept, bucket, storage_settings, ask):
    bucket.write(PLACE, b"something else...")
    with pytest.raises(errors.DamagedFile):
        getattr(kept, ask)(SHA256)
    assert list(storage_settings.state_folder.rglob("copies/*/*")) == []


def test_an_object_that_was_cut_short_is_replaced_by_storing_it_again(kept, bucket):
    bucket.write(PLACE, DATA[:5])
    kept.put(io.BytesIO(DATA))
    kept.verify(SHA256)


def test_a_damaged_copy_is_fetched_again(kept, storage_settings):
    kept.put(io.BytesIO(DATA))
    copy = kept.path(SHA256)
    copy.chmod(0o644)
    copy.write_bytes(b"something else...")
    assert kept.path(SHA256).read_bytes() == DATA


def test_the_service_refuses_a_file_that_is_not_what_it_is_called(kept, tmp_path, bucket):
    path = tmp_path / "upload"
    path.write_bytes(b"something else")
    with pytest.raises(errors.DamagedFile):
        kept.take(path, SHA256)
    assert (path.exists(), bucket.names()) == (True, [])


def test_a_large_file_goes_in_parts(kept, monkeypatch):
    monkeypatch.setattr(buckets, "LARGE_BYTES", 5 * MIB)
    in_parts = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    monkeypatch.setattr(buckets, "_TRANSFER", in_parts)
    data = os.urandom(12 * MIB)
    stored = kept.put(io.BytesIO(data))
    assert kept.verify(stored.sha256) == Stored(sha256=stored.sha256, n_bytes=12 * MIB)
    assert kept.path(stored.sha256).read_bytes() == data


def _unavailable(settings):
    kept = storage.make_storage(settings)
    with pytest.raises(errors.StorageUnavailable) as raised:
        kept.put(io.BytesIO(DATA))
    with pytest.raises(errors.StorageUnavailable):
        kept.path(SHA256)
    with pytest.raises(errors.StorageUnavailable):
        list(kept.iterate())
    with pytest.raises(errors.StorageUnavailable):
        kept.check()
    return str(raised.value)


def test_a_bucket_that_is_missing_is_told(store, tmp_path):
    settings = store.settings(state_folder=tmp_path, storage_url="s3://no-such-bucket/prefix")
    assert "'no-such-bucket' is not there" in _unavailable(settings)


def test_keys_that_do_not_fit_are_told(store, storage_settings, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert "does not let us in" in _unavailable(storage_settings)


def test_keys_that_are_missing_are_told(store, storage_settings, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "cannot be used: Partial credentials" in _unavailable(storage_settings)


def test_a_service_that_is_away_is_told(store, tmp_path):
    settings = Settings(
        state_folder=tmp_path, storage_url="s3://bucket", s3_endpoint_url="http://127.0.0.1:9"
    )
    assert "cannot be used: Could not connect" in _unavailable(settings)


def test_a_service_that_hangs_fails_the_check(kept, store):
    os.kill(store.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(errors.StorageUnavailable):
            kept.check()
    finally:
        os.kill(store.process.pid, signal.SIGCONT)


def test_what_was_stored_again_or_renewed_is_young(kept):
    again, renewed, old = (kept.put(io.BytesIO(bytes([number]))).sha256 for number in range(3))
    time.sleep(2.1)  # the service tells times in whole seconds
    kept.put(io.BytesIO(bytes([0])))
    kept.renew(renewed)
    forgotten = kept.forget([again, renewed, old], older_than_s=2)
    assert [found.sha256 for found in forgotten] == [old]


def test_many_are_forgotten_under_several_marks(kept, bucket, monkeypatch):
    monkeypatch.setattr(s3, "_AT_ONCE", 2)
    names = [kept.put(io.BytesIO(bytes([number]))).sha256 for number in range(5)]
    assert [found.sha256 for found in kept.forget(names, older_than_s=0)] == names
    assert bucket.names() == []


@contextlib.contextmanager
def _meanwhile(do):
    thread = threading.Thread(target=do)
    thread.start()
    yield thread
    thread.join()


def test_who_stores_what_is_being_forgotten_waits_and_stores_it_again(kept, bucket):
    kept.put(io.BytesIO(DATA))
    bucket.write("forgetting", b"")
    with _meanwhile(lambda: kept.put(io.BytesIO(DATA))) as putting:
        time.sleep(0.3)
        assert putting.is_alive()
        bucket.remove(PLACE)  # its age had been looked at before
        bucket.remove("forgetting")
    kept.verify(SHA256)


def test_who_renews_what_is_being_forgotten_learns_that_it_is_gone(kept, bucket):
    kept.put(io.BytesIO(DATA))
    bucket.write("forgetting", b"")
    outcome = []

    def renew():
        with pytest.raises(errors.NotFound):
            kept.renew(SHA256)
        outcome.append("gone")

    with _meanwhile(renew):
        time.sleep(0.3)
        bucket.remove(PLACE)
        bucket.remove("forgetting")
    assert outcome == ["gone"]


def test_one_at_a_time_forgets(kept, bucket):
    kept.put(io.BytesIO(DATA))
    bucket.write("forgetting", b"")
    with pytest.raises(errors.Conflict):
        list(kept.forget([SHA256], older_than_s=0))
    kept.verify(SHA256)


def test_the_mark_of_a_process_that_died_is_taken_over(kept, bucket, monkeypatch):
    monkeypatch.setattr(s3, "_STALE_S", 0)
    bucket.write("forgetting", b"")
    kept.put(io.BytesIO(DATA))
    assert len(list(kept.forget([SHA256], older_than_s=0))) == 1
    assert bucket.names() == []


def test_parts_that_never_became_a_file_are_found_and_removed(kept, bucket):
    bucket.client.create_multipart_upload(Bucket=BUCKET, Key=bucket.key(PLACE))
    assert list(kept.unfinished(older_than_s=3600)) == []
    (found,) = kept.unfinished(older_than_s=0)
    found.remove()
    assert list(kept.unfinished(older_than_s=0)) == []


def test_without_boto3_a_bucket_is_refused(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "service.storage.s3", None)
    monkeypatch.delattr(storage, "s3", raising=False)
    with pytest.raises(errors.InvalidSettings, match="boto3"):
        storage.make_storage(Settings(state_folder=tmp_path, storage_url="s3://bucket"))


@pytest.mark.parametrize("url", ["s3://", "s3://A", "s3:///prefix", "https://bucket", "ftp://x"])
def test_an_address_that_is_no_bucket_is_refused(url):
    with pytest.raises(errors.InvalidSettings, match="NETMEND_STORAGE_URL"):
        Settings(storage_url=url)


def test_an_endpoint_that_is_empty_is_not_set():
    assert Settings(s3_endpoint_url="").s3_endpoint_url is None
