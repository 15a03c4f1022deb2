"""Files on their way in."""

import errno
import fcntl
import hashlib
import io
import resource
from pathlib import Path

import pytest

from service import errors, storage, uploads
from service.uploads import Limits
from tests import factories

DATA = b"0123456789" * 3
SHA256 = hashlib.sha256(DATA).hexdigest()
LIMITS = Limits(max_bytes=1000)


@pytest.fixture
def folder(settings):
    return settings.upload_folder


@pytest.fixture
def kept(settings):
    return storage.make_storage(settings)


@pytest.fixture
def upload(session):
    owner = factories.make_user(session)
    return uploads.create(session, owner.id, "bad.h5", n_bytes=len(DATA), max_bytes=1000)


def _append(folder, upload, data=DATA, *, start=0, limits=LIMITS):
    return uploads.append(folder, upload, io.BytesIO(data), start=start, limits=limits)


def test_an_upload_in_one_piece(session, folder, kept, upload):
    assert _append(folder, upload) == len(DATA)
    stored = uploads.store(folder, kept, upload, sha256=SHA256)
    done = uploads.complete(session, upload.id, stored)
    uploads.discard(folder, done)
    assert (done.state, done.sha256, done.n_bytes) == ("complete", SHA256, len(DATA))
    assert list(folder.iterdir()) == []
    kept.verify(SHA256)


def test_an_upload_goes_on_where_it_stopped(folder, kept, upload):
    _append(folder, upload, DATA[:10])
    assert uploads.offset(folder, upload) == 10
    assert _append(folder, upload, DATA[10:], start=10) == len(DATA)
    assert uploads.store(folder, kept, upload).sha256 == SHA256


def test_what_came_before_the_stream_broke_stays(folder, upload):
    class Breaking(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise ConnectionResetError
            return super().read(10)

    with pytest.raises(ConnectionResetError):
        uploads.append(folder, upload, Breaking(DATA), start=0, limits=LIMITS)
    assert uploads.offset(folder, upload) == 10


@pytest.mark.parametrize("start", [0, 9, 11])
def test_bytes_that_belong_elsewhere_are_refused(folder, upload, start):
    _append(folder, upload, DATA[:10])
    with pytest.raises(errors.UploadOffsetMismatch) as caught:
        _append(folder, upload, DATA[10:], start=start)
    assert caught.value.details == {"expected": 10, "received": start}


def test_more_bytes_than_announced_are_refused(folder, upload):
    with pytest.raises(errors.UploadTooLarge, match="30 bytes"):
        _append(folder, upload, DATA + b"x")


def test_more_bytes_than_allowed_are_refused(session, folder):
    owner = factories.make_user(session)
    with pytest.raises(errors.UploadTooLarge):
        uploads.create(session, owner.id, "bad.h5", n_bytes=1001, max_bytes=1000)
    unknown = uploads.create(session, owner.id, "bad.h5", max_bytes=1000)
    with pytest.raises(errors.UploadTooLarge):
        _append(folder, unknown, b"x" * 1001)


def test_room_has_to_stay_on_the_disk(folder, upload):
    with pytest.raises(errors.InsufficientStorage):
        _append(folder, upload, limits=Limits(max_bytes=1000, min_free_bytes=2**60))
    assert uploads.offset(folder, upload) == 0


@pytest.mark.parametrize("data", [b"", DATA[:-1]])
def test_an_upload_with_bytes_missing_is_not_stored(folder, kept, upload, data):
    _append(folder, upload, data)
    with pytest.raises(errors.UploadIncomplete):
        uploads.store(folder, kept, upload)


def test_other_bytes_than_those_of_the_checksum_are_thrown_away(folder, kept, upload):
    _append(folder, upload, DATA[::-1])
    with pytest.raises(errors.ChecksumMismatch):
        uploads.store(folder, kept, upload, sha256=SHA256)
    assert uploads.offset(folder, upload) == 0
    _append(folder, upload)
    assert uploads.store(folder, kept, upload, sha256=SHA256).sha256 == SHA256


def test_nothing_is_added_to_what_is_stored(session, folder, kept, upload):
    _append(folder, upload)
    stored = uploads.store(folder, kept, upload)
    with pytest.raises(errors.Conflict, match="is complete"):
        _append(folder, upload, b"", start=len(DATA))
    done = uploads.complete(session, upload.id, stored)
    uploads.discard(folder, done)
    with pytest.raises(errors.Conflict, match="is complete"):
        _append(folder, done)
    assert uploads.offset(folder, done) == len(DATA)


def test_storing_again_after_a_crash_before_the_row_was_written(folder, kept, upload):
    _append(folder, upload)
    first = uploads.store(folder, kept, upload)
    assert uploads.store(folder, kept, upload, sha256=SHA256) == first


def test_storing_again_after_a_crash_before_the_file_was_moved(folder, kept, upload):
    _append(folder, upload)
    (folder / f"{upload.id}.sha256").write_text(SHA256)
    assert uploads.store(folder, kept, upload).sha256 == SHA256


def test_storing_again_after_a_crash_in_the_middle_of_the_note(folder, kept, upload):
    _append(folder, upload)
    (folder / f"{upload.id}.sha256").write_text(SHA256[:20])
    assert uploads.store(folder, kept, upload).sha256 == SHA256


def test_what_is_complete_is_stored_already(session, folder, kept):
    done = factories.make_upload(session, sha256=SHA256, n_bytes=len(DATA))
    assert uploads.store(folder, kept, done).n_bytes == len(DATA)
    with pytest.raises(errors.ChecksumMismatch):
        uploads.store(folder, kept, done, sha256="0" * 64)


def test_two_do_not_send_at_once(folder, upload):
    _append(folder, upload, DATA[:10])
    with (folder / upload.id).open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(errors.Conflict, match="being sent"):
            _append(folder, upload, DATA[10:], start=10)


def test_an_upload_of_somebody_else_is_not_found(session, upload):
    assert uploads.get(session, upload.id).id == upload.id
    assert uploads.get(session, upload.id, owner_id=upload.owner_id).id == upload.id
    with pytest.raises(errors.NotFound):
        uploads.get(session, upload.id, owner_id="0" * 36)


def test_nothing_has_arrived_of_a_new_upload(folder, upload):
    assert uploads.offset(folder, upload) == 0


def test_a_disk_that_has_no_room_for_the_last_bytes_is_told_and_keeps_the_others(folder, upload):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(errors.InsufficientStorage):
            _append(folder, upload)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert uploads.offset(folder, upload) == 10
    assert _append(folder, upload, DATA[10:], start=10) == len(DATA)


def test_a_disk_that_is_full_when_all_has_arrived_is_told_and_nothing_is_lost(
    folder, kept, upload, monkeypatch
):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    _append(folder, upload)
    with monkeypatch.context() as patch, pytest.raises(errors.InsufficientStorage):
        patch.setattr(Path, "write_text", full)
        uploads.store(folder, kept, upload)
    assert uploads.store(folder, kept, upload).sha256 == SHA256


def test_a_complete_upload_is_found_by_its_bytes_and_owner(session):
    upload = factories.make_upload(session, sha256="b" * 64)
    assert uploads.of_file(session, "b" * 64, owner_id=upload.owner_id).id == upload.id


def test_bytes_of_others_or_that_are_gone_are_not_found(session):
    upload = factories.make_upload(session, sha256="b" * 64)
    other = factories.make_user(session)
    with pytest.raises(errors.NotFound, match="send it again"):
        uploads.of_file(session, "b" * 64, owner_id=other.id)
    with pytest.raises(errors.NotFound):
        uploads.of_file(session, "c" * 64, owner_id=upload.owner_id)
