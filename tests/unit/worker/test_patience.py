"""An attempt waits for a storage that is away."""

import dataclasses
import hashlib
import io
from unittest.mock import Mock

import pytest

from service.errors import NotFound, StorageUnavailable
from service.storage import LocalStorage
from tests import workshop
from worker import patience, supervisor
from worker.endings import CancelWanted
from worker.patience import PatientStorage


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(patience, "_PAUSE_S", 0)


class Away(LocalStorage):
    """A folder that is away a few times, and reads a part of what it was given all the same."""

    def __init__(self, folder, *, times):
        super().__init__(folder)
        self.times = times

    def put(self, stream):
        self._fail_sometimes(stream)
        return super().put(stream)

    def take(self, path, sha256):
        self._fail_sometimes(io.BytesIO())
        return super().take(path, sha256)

    def path(self, sha256, *, watch=None):
        self._fail_sometimes(io.BytesIO())
        return super().path(sha256, watch=watch)

    def _fail_sometimes(self, stream):
        if self.times:
            self.times -= 1
            stream.read(3)
            raise StorageUnavailable


def _patient(storage, *, check=lambda: None, patience_s=60.0):
    return PatientStorage(storage, check=check, patience_s=patience_s)


def test_what_was_made_is_kept_when_the_storage_is_back(tmp_path):
    kept = Away(tmp_path, times=3)
    stored = _patient(kept).put(io.BytesIO(b"result"))
    assert kept.path(stored.sha256).read_bytes() == b"result"


def test_what_is_needed_is_read_when_the_storage_is_back(tmp_path):
    kept = Away(tmp_path, times=0)
    stored = kept.put(io.BytesIO(b"input"))
    kept.times = 3
    with _patient(kept).open(stored.sha256) as stream:
        assert stream.read() == b"input"


def test_a_file_is_taken_when_the_storage_is_back(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"result")
    sha256 = hashlib.sha256(b"result").hexdigest()
    kept = Away(tmp_path / "storage", times=3)
    assert _patient(kept).take(path, sha256).n_bytes == 6
    assert not path.exists()


def test_a_job_that_is_canceled_waits_no_longer(tmp_path):
    checks = Mock(side_effect=[None, None, CancelWanted])
    with pytest.raises(CancelWanted):
        _patient(Away(tmp_path, times=99), check=checks).put(io.BytesIO(b"result"))


def test_patience_has_an_end(tmp_path):
    with pytest.raises(StorageUnavailable):
        _patient(Away(tmp_path, times=99), patience_s=0).put(io.BytesIO(b"result"))


def test_what_is_not_there_is_not_waited_for(tmp_path):
    with pytest.raises(NotFound):
        _patient(LocalStorage(tmp_path)).path("0" * 64)


def test_a_job_whose_storage_stays_away_is_given_back(tmp_path):
    with workshop.workshop(tmp_path / "state") as shop:
        job_id = shop.repair_job()
        impatient = shop.with_settings(no_progress_limit_s=0.01)
        away = Away(tmp_path / "storage", times=99)
        supervisor.run(job_id, dataclasses.replace(impatient.services, storage=away))
        job = shop.job(job_id)
        assert (job.state, job.losses) == ("queued", 0)
        supervisor.run(job_id, shop.services)
        assert shop.job(job_id).state == "succeeded"
