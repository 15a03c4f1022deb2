"""Folders, disks and buckets."""

from collections import namedtuple
from functools import partial

import psutil
import pytest

from service import errors, storage
from service.doctor import findings, places
from service.settings import Settings
from service.storage import LocalStorage


@pytest.fixture
def settings(tmp_path):
    tmp_path.chmod(0o700)
    return Settings(state_folder=tmp_path)


def test_a_state_folder_of_ones_own_is_well(settings):
    assert places.state_folder(settings).state == "ok"


def test_a_state_folder_that_everybody_can_read_is_told(settings):
    settings.state_folder.chmod(0o755)
    finding = places.state_folder(settings)
    assert (finding.state, finding.mend) == ("warning", f"chmod o= {settings.state_folder}")


def test_a_state_folder_that_cannot_be_written_fails(tmp_path):
    (tmp_path / "file").touch()
    assert places.state_folder(Settings(state_folder=tmp_path / "file")).state == "failed"


@pytest.mark.parametrize(("least", "state"), [(0, "ok"), (2**20, "ok"), (2**60, "failed")])
def test_the_room_on_the_disk_is_compared_with_what_has_to_stay_free(settings, least, state):
    asked = settings.model_copy(update={"min_free_bytes": least})
    assert places.room(asked).state == state


def test_little_room_is_told(settings, monkeypatch):
    monkeypatch.setattr(storage, "free_bytes", lambda _: settings.min_free_bytes + 1)
    assert places.room(settings).state == "warning"


def _mounted(monkeypatch, *mounts):
    partition = namedtuple("partition", ["mountpoint", "fstype"])
    parts = [partition(str(place), kind) for place, kind in mounts]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: parts)


@pytest.mark.parametrize(
    ("kind", "told"), [("nfs4", "nfs4"), ("fuse.sshfs", "fuse.sshfs"), ("ext4", None)]
)
def test_a_disk_on_another_machine_is_known_by_its_name(tmp_path, monkeypatch, kind, told):
    _mounted(monkeypatch, ("/", "ext4"), (tmp_path, kind))
    assert places.network_disk(tmp_path / "state" / "deeper") == told


def test_the_innermost_mount_counts(tmp_path, monkeypatch):
    _mounted(monkeypatch, (tmp_path, "nfs"), (tmp_path / "local", "ext4"))
    assert places.network_disk(tmp_path / "local" / "state") is None


def test_a_storage_that_gives_back_something_else_fails(settings, monkeypatch):
    def damaged(*_, **__):
        raise errors.DamagedFile("the stored file is damaged")

    kept = LocalStorage(settings.state_folder / "storage")
    kept.check()
    monkeypatch.setattr(LocalStorage, "verify", damaged)
    finding = findings.of("storage", partial(places.files, kept, settings))
    assert (finding.state, finding.told) == ("failed", "the stored file is damaged")
    assert list(kept.iterate()) == []


def test_a_storage_that_is_away_fails(tmp_path):
    away = Settings(
        state_folder=tmp_path, storage_url="s3://bucket", s3_endpoint_url="http://127.0.0.1:1"
    )
    kept = storage.make_storage(away)
    assert findings.of("storage", partial(places.files, kept, away)).state == "failed"
