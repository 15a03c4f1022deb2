"""Files that no row names."""

import io
import os
import time

import pytest

from service import artifacts, db, garbage
from service.artifacts import KeptFile
from service.storage import LocalStorage
from tests import factories

LONG_AGO_S = time.time() - 2 * garbage.DAY_S


@pytest.fixture
def unnamed(kept, stored):
    """A file that no row names, stored two days ago."""
    sha256 = stored(b"unnamed")
    os.utime(kept.path(sha256), (LONG_AGO_S, LONG_AGO_S))
    return sha256


def _names(kept):
    return {found.sha256 for found in kept.iterate()}


def test_what_no_row_names_is_removed(collect, kept, stored):
    stored(b"unnamed")
    assert collect() == {"files that no row names": (1, 7)}
    assert _names(kept) == set()


def test_what_a_row_names_stays(engine, collect, kept, stored):
    uploaded, canonical, made = (stored(content) for content in (b"1", b"2", b"3"))
    with db.session_scope(engine) as session:
        factories.make_dataset(session, sha256=uploaded, canonical_sha256=canonical)
        job = factories.make_job(session)
        file = KeptFile(name="repaired.h5", sha256=made, n_bytes=1)
        artifacts.add(session, job.id, 1, [file])
    assert collect() == {}
    assert _names(kept) == {uploaded, canonical, made}


def test_what_was_just_stored_waits_for_its_row(collect, kept, stored):
    name = stored(b"its row is still to be written")
    assert collect(files_s=garbage.DAY_S) == {}
    assert _names(kept) == {name}


def test_a_dry_run_counts_and_removes_nothing(collect, kept, unnamed):
    found = collect(files_s=garbage.DAY_S, dry_run=True)
    assert found == {"files that no row names": (1, 7)}
    assert _names(kept) == {unnamed}


def test_an_old_file_that_is_stored_again_meanwhile_stays(collect, kept, unnamed, monkeypatch):
    """The worst moment: it was found old and without a row, and is about to be removed."""
    forget = LocalStorage.forget

    def store_then_forget(self, names, *, older_than_s):
        kept.put(io.BytesIO(b"unnamed"))
        return forget(self, names, older_than_s=older_than_s)

    monkeypatch.setattr(LocalStorage, "forget", store_then_forget)
    assert collect(files_s=garbage.DAY_S) == {}
    assert _names(kept) == {unnamed}


def test_what_never_got_into_storage_is_removed(collect, kept, settings, stored):
    stored(b"other")
    partial = settings.state_folder / "storage" / "partial" / "tmp1"
    partial.write_bytes(b"half")
    assert collect()["files that were never finished"] == (1, 4)
    assert not partial.exists()


def test_folders_of_attempts_that_are_over_are_removed(engine, collect, settings):
    with db.session_scope(engine) as session:
        claim = factories.make_claim(session)
    live = settings.job_folder / f"{claim.job_id}.1"
    over = settings.job_folder / f"{claim.job_id}.0"
    spare = settings.job_folder / "spare.0"
    for folder in (live, over, spare):
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(b"12345")
    assert collect() == {"folders of attempts that are over": (1, 5)}
    assert [folder.exists() for folder in (live, over, spare)] == [True, False, True]
