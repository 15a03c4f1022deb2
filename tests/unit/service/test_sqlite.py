"""The write lock of SQLite."""

import threading
import time

import pytest

from service import db, errors, sqlite


@pytest.fixture
def engine(sqlite_settings):
    engine = db.make_engine(sqlite_settings)
    yield engine
    engine.dispose()


def test_who_waits_for_the_write_lock_gets_it_when_it_is_free(engine):
    order = []

    def write():
        with db.session_scope(engine) as session:
            session.connection()
            order.append("second")

    second = threading.Thread(target=write)
    with db.session_scope(engine) as session:
        session.connection()
        second.start()
        time.sleep(0.1)  # so that it waits
        order.append("first")
    second.join(10)
    assert order == ["first", "second"]


def test_who_does_not_get_the_write_lock_is_told(engine, monkeypatch):
    monkeypatch.setattr(sqlite, "_BUSY_TIMEOUT_MS", 20)
    first, second = db.session_scope(engine), db.session_scope(engine)
    with pytest.raises(errors.DatabaseUnavailable, match="locked"), first as held, second as waits:
        held.connection()
        waits.connection()


def test_who_only_reads_waits_for_nobody(engine):
    reading = db.session_scope(engine, read_only=True)
    with db.session_scope(engine) as writer, reading as reader:
        writer.connection()
        assert reader.connection()
