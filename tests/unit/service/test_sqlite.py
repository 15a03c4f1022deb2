"""SQLite: who may write, and which way it goes through large tables."""

import re
import threading
import time

import pytest
from sqlalchemy import event

from service import db, errors, jobs, sqlite
from service.schemas import JobFilter
from tests import factories


@pytest.fixture
def engine(sqlite_settings):
    engine = db.make_engine(sqlite_settings)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    with db.session_scope(engine) as session:
        yield session


@pytest.fixture
def plans(engine):
    """A function: how SQLite goes about each query that was asked so far."""
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2:4]))

    def plans():
        queries = [query for query in asked if query[0].startswith("SELECT")]
        with engine.execution_options(read_only=True).connect() as connection:
            return [_plan(connection, *query) for query in queries]

    return plans


def _plan(connection, query, parameters):
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters)
    return " / ".join(row.detail for row in rows)


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


def test_the_sizes_that_it_is_told_are_those_of_indexes_that_there_are(engine):
    of_tables = "tbl_name IN (SELECT tbl FROM sqlite_stat1)"
    with engine.connect() as connection:
        there = connection.exec_driver_sql(
            f"SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND {of_tables}"
        ).all()
        told = connection.exec_driver_sql("SELECT tbl, idx FROM sqlite_stat1").all()
    assert sorted(there) == sorted(told)
    assert {table for table, _ in told} == set(sqlite.SIZES)


@pytest.mark.parametrize(
    "wanted", [{"state": ("succeeded",)}, {"kind": "repair", "method": "fine-pruning"}], ids=str
)
def test_a_sorted_list_is_read_in_its_order(engine, plans, wanted):
    with db.session_scope(engine, read_only=True) as session:
        jobs.list_jobs(session, JobFilter(**wanted), sort="-finished_at")
    assert "ix_jobs_by_finished_at" in plans()[0]


def test_a_sweep_looks_at_no_job_that_nobody_works_on(session, plans):
    jobs.sweep(session, max_losses=3)
    assert "ix_jobs_leased" in plans()[0]


def test_the_dispatcher_looks_at_no_job_that_has_ended(session, plans):
    factories.make_job(session)
    jobs.waiting(session, limit=1, resend_after_s=1.0)
    indexes = set(re.findall(r"jobs USING INDEX (\w+)", plans()[-1]))
    assert indexes == {"ix_jobs_leased", "ix_jobs_waiting", "sqlite_autoindex_jobs_1"}


def test_who_only_reads_waits_for_nobody(engine):
    reading = db.session_scope(engine, read_only=True)
    with db.session_scope(engine) as writer, reading as reader:
        writer.connection()
        assert reader.connection()
