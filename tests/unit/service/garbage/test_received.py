"""Uploads that came to nothing."""

import datetime
import os

import pytest
import sqlalchemy as sa

from service import db, ids
from service.tables import Upload
from tests import factories

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def upload(engine, settings):
    """Makes an upload that began long ago, with bytes of it in the folder."""

    def upload(*, silent, **columns):
        with db.session_scope(engine) as session:
            row = factories.make_upload(session, created_at=LONG_AGO, **columns)
        part = settings.upload_folder / row.id
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"bytes")
        os.utime(part, (0, 0) if silent else None)
        return part

    return upload


def _n_uploads(engine):
    with db.session_scope(engine, read_only=True) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Upload))


def test_an_upload_that_nothing_arrives_of_any_more_goes(engine, collect, upload):
    part = upload(silent=True, state="receiving", sha256=None, n_bytes=None)
    assert collect()["uploads that were never completed"] == (1, 5)
    assert (part.exists(), _n_uploads(engine)) == (False, 0)


def test_an_upload_that_takes_long_stays_while_bytes_arrive(engine, collect, upload):
    part = upload(silent=False, state="receiving", sha256=None, n_bytes=None)
    assert collect() == {}
    assert (part.exists(), _n_uploads(engine)) == (True, 1)


def test_a_dry_run_removes_no_upload(engine, collect, upload):
    part = upload(silent=True, state="receiving", sha256=None, n_bytes=None)
    assert collect(dry_run=True)["uploads that were never completed"] == (1, 5)
    assert (part.exists(), _n_uploads(engine)) == (True, 1)


def test_parts_of_an_upload_that_is_gone_go(collect, settings):
    settings.upload_folder.mkdir()
    old, new = (settings.upload_folder / ids.new_id() for _ in range(2))
    for path in (old, new):
        path.write_bytes(b"part")
    os.utime(old, (0, 0))
    assert collect() == {"parts of uploads that are gone": (1, 4)}
    assert (old.exists(), new.exists()) == (False, True)


def test_a_complete_upload_that_nothing_was_made_of_goes_and_its_file_later(
    engine, collect, kept, stored
):
    with db.session_scope(engine) as session:
        factories.make_upload(session, sha256=stored(b"unused"), created_at=LONG_AGO)
    assert collect() == {"uploads that nothing was made of": (1, 0)}
    assert len(list(kept.iterate())) == 1
    assert collect() == {"files that no row names": (1, 6)}


def test_a_complete_upload_that_is_a_model_stays(engine, collect, stored):
    with db.session_scope(engine) as session:
        model = factories.make_model(session, sha256=stored(b"model"))
        session.execute(sa.update(Upload).values(created_at=LONG_AGO, sha256=model.sha256))
    assert collect() == {}
    assert _n_uploads(engine) == 1


def test_a_complete_upload_that_a_job_waits_for_stays(engine, collect, stored):
    with db.session_scope(engine) as session:
        row = factories.make_upload(session, sha256=stored(b"picture"), created_at=LONG_AGO)
        job = factories.make_job(session)
        job.request = {**job.request, "pictures": {"files": [{"sha256": row.sha256}]}}
    assert collect() == {}
