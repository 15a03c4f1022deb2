"""Sessions, clock and upgrade of the database."""

import datetime
import sqlite3
import threading

import pytest
import sqlalchemy as sa

from service import db, errors
from service.settings import Settings
from service.tables import User
from tests import factories


def _users(engine):
    with db.session_scope(engine, read_only=True) as session:
        return session.scalars(sa.select(User.name)).all()


def test_a_session_commits_at_the_end(engine):
    with db.session_scope(engine) as session:
        factories.make_user(session, "ada")
    assert _users(engine) == ["ada"]


def test_after_an_error_nothing_is_kept(engine):
    with pytest.raises(ZeroDivisionError), db.session_scope(engine) as session:
        factories.make_user(session, "ada")
        _ = 1 / 0
    assert _users(engine) == []


def test_times_are_aware_and_those_of_the_database(session):
    user = factories.make_user(session)
    session.refresh(user)
    assert user.created_at.tzinfo is datetime.UTC
    assert abs(user.created_at - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(
        minutes=1
    )


def test_the_two_forms_of_the_clock_agree(session):
    moment, seconds = session.execute(sa.select(db.now(), db.epoch())).one()
    assert abs(moment.timestamp() - float(seconds)) < 1
    assert float(seconds) % 1 != 0


def test_a_moment_ago_is_before_now(session):
    now, ago = session.execute(sa.select(db.now(), db.ago(3600.0))).one()
    assert abs((now - ago).total_seconds() - 3600) < 1


def test_a_time_without_a_zone_is_refused(session):
    naive = datetime.datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
    with pytest.raises(sa.exc.StatementError, match="a time needs a zone"):
        session.execute(sa.update(User).values(created_at=naive))


def test_a_time_comes_back_in_utc(session):
    user = factories.make_user(session)
    zone = datetime.timezone(datetime.timedelta(hours=2))
    user.created_at = datetime.datetime(2026, 1, 1, 12, 30, 0, 250_000, tzinfo=zone)
    session.flush()
    session.refresh(user)
    assert user.created_at.isoformat() == "2026-01-01T10:30:00.250000+00:00"


def test_two_who_read_and_then_write_do_not_collide(engine):
    with db.session_scope(engine) as session:
        user_id = factories.make_user(session, "0").id

    def count():
        for _ in range(20):
            with db.session_scope(engine) as session:
                row = session.get(User, user_id, with_for_update=True)
                row.name = str(int(row.name) + 1)

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _users(engine) == ["60"]


def test_a_reader_does_not_wait_for_a_writer(engine):
    with db.session_scope(engine) as writer:
        factories.make_user(writer)
        assert _users(engine) == []


@pytest.mark.parametrize("url", ["sqlite:////proc/none.sqlite", "postgresql://localhost:1/none"])
def test_a_database_that_is_away_is_unavailable(url):
    engine = db.make_engine(Settings(database_url=url))
    with pytest.raises(errors.DatabaseUnavailable), db.session_scope(engine) as session:
        session.execute(sa.text("SELECT 1"))


@pytest.mark.parametrize(
    "url", ["sqlite:////proc/no/such.sqlite", "nonsense", "oracles://somewhere"]
)
def test_a_url_that_cannot_be_right_names_the_setting(url):
    with pytest.raises(errors.InvalidSettings, match="NETMEND_DATABASE_URL"):
        db.make_engine(Settings(database_url=url))


@pytest.mark.parametrize("method", [db.upgrade, db.is_current])
def test_an_upgrade_of_what_is_away_says_so(method):
    engine = db.make_engine(Settings(database_url="postgresql://localhost:1/none"))
    with pytest.raises(errors.DatabaseUnavailable):
        method(engine)


def test_a_full_disk_of_the_database_is_told_as_such(engine):
    full = sqlite3.OperationalError("database or disk is full")
    with pytest.raises(errors.InsufficientStorage), db.session_scope(engine):
        raise sa.exc.OperationalError("INSERT", {}, full)


def test_sqlite_commits_survive_a_power_cut(sqlite_settings):
    engine = db.make_engine(sqlite_settings)
    with db.session_scope(engine, read_only=True) as session:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [session.scalar(sa.text(f"PRAGMA {name}")) for name in pragmas]
    engine.dispose()
    assert found == ["wal", 2, 1, 30_000]


def test_who_freezes_in_a_transaction_does_not_hold_its_locks_for_ever(
    postgresql_settings, monkeypatch
):
    monkeypatch.setattr(db, "_IDLE_TIMEOUT_MS", 200)
    engine = db.make_engine(postgresql_settings)
    lock = sa.text("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
    with pytest.raises(errors.DatabaseUnavailable), db.session_scope(engine) as frozen:
        frozen.execute(lock)
        with db.session_scope(engine) as other:
            other.execute(lock)
        frozen.execute(sa.text("SELECT 1"))
    engine.dispose()
