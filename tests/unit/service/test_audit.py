"""Who did what, and that nobody changed the story afterwards."""

import concurrent.futures

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from service import audit, db
from service.audit import Actor, Head, Thing
from service.tables import AuditEvent
from tests import factories

#: What somebody who owns the database would do first.
_WITHOUT_TRIGGERS = {
    "sqlite": (
        "DROP TRIGGER keep_audit_events_update",
        "DROP TRIGGER keep_audit_events_delete",
    ),
    "postgresql": ("DROP TRIGGER keep_audit_events ON audit_events",),
}


@pytest.fixture
def story(engine):
    """Four rows."""
    for number in range(4):
        _do(engine, f"act.{number}")
    return engine


def _do(engine, action, **more):
    with db.session_scope(engine) as session:
        audit.act_as(session, Actor(name="ada", source="127.0.0.1"))
        audit.record(session, action, Thing("job", "j", "f" * 64), **more)


def _tamper(engine, statement):
    with engine.begin() as connection:
        for drop in _WITHOUT_TRIGGERS[engine.dialect.name]:
            connection.exec_driver_sql(drop)
        connection.exec_driver_sql(statement)


def _verify(engine, **more):
    with db.session_scope(engine, read_only=True) as session:
        return audit.verify(session, **more)


def _all(engine):
    with db.session_scope(engine, read_only=True) as session:
        return audit.newest(session, limit=100)


def test_what_was_done_is_kept_in_order_with_who_and_to_what(story):
    rows = _all(story)
    assert [(row.seq, row.action) for row in rows] == [(n + 1, f"act.{n}") for n in range(4)]
    assert {(row.actor, row.source, row.kind, row.object_id) for row in rows} == {
        ("ada", "127.0.0.1", "job", "j")
    }
    assert rows[0].previous == audit.FIRST
    assert [row.previous for row in rows[1:]] == [row.hash for row in rows[:-1]]


def test_a_story_that_nobody_changed_is_whole(story):
    verdict = _verify(story)
    assert (verdict.head.seq, verdict.wrong) == (4, {})


def test_a_story_that_has_not_begun_is_whole(engine):
    assert _verify(engine) == audit.Verdict()


def test_what_is_rolled_back_was_not_done(engine):
    with pytest.raises(ZeroDivisionError), db.session_scope(engine) as session:
        audit.record(session, "act", Thing("job", "j"))
        raise ZeroDivisionError
    assert _all(engine) == []


def test_two_things_of_one_transaction_follow_one_another(engine):
    with db.session_scope(engine) as session:
        audit.record(session, "one", Thing("job", "j"))
        audit.record(session, "two", Thing("job", "j"), result="forbidden", told={"n": 1}, by="x")
    assert [(row.action, row.actor, row.result) for row in _all(engine)] == [
        ("one", "system", "ok"), ("two", "x", "forbidden"),
    ]  # fmt: skip
    assert _verify(engine).wrong == {}


@pytest.mark.parametrize("column", ["actor", "source", "action", "object_id", "sha256", "result"])
def test_a_row_that_was_changed_is_named(story, column):
    _tamper(story, f"UPDATE audit_events SET {column} = 'other' WHERE seq = 2")
    assert list(_verify(story).wrong) == [2]


def test_a_time_that_was_changed_is_named(story):
    _tamper(story, "UPDATE audit_events SET at = '2020-01-01 00:00:00.000000' WHERE seq = 3")
    assert list(_verify(story).wrong) == [3]


def test_a_row_that_was_taken_out_is_named_by_the_next_one(story):
    _tamper(story, "DELETE FROM audit_events WHERE seq = 2")
    assert _verify(story).wrong == {3: "rows 2 to 2 before it are missing"}


def test_a_row_with_a_new_hash_is_betrayed_by_the_next_one(story):
    with db.session_scope(story, read_only=True) as session:
        row = session.get(AuditEvent, 2)
        row.actor = "eve"
        forged = audit._hash(row)
        session.expunge(row)
    _tamper(story, f"UPDATE audit_events SET actor = 'eve', hash = '{forged}' WHERE seq = 2")
    assert _verify(story).wrong == {3: "it does not follow the row before it"}


def test_an_end_that_was_cut_off_is_found_by_who_kept_the_head(story):
    head = _verify(story).head
    _tamper(story, "DELETE FROM audit_events WHERE seq = 4")
    assert _verify(story).wrong == {}
    assert list(_verify(story, known=head).wrong) == [4]


def test_a_story_that_was_written_anew_is_found_by_who_kept_the_head(story):
    assert _verify(story, known=_verify(story).head).wrong == {}
    assert list(_verify(story, known=Head(seq=2, hash="0" * 64)).wrong) == [2]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"]
)
def test_the_database_refuses_to_change_a_row(story, statement):
    with pytest.raises(exc.DBAPIError, match="only ever added"), story.begin() as connection:
        connection.exec_driver_sql(statement)


def test_many_who_write_at_once_write_after_one_another(engine):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: _do(engine, f"act.{number}"), range(20)))
    verdict = _verify(engine)
    assert (verdict.head.seq, verdict.wrong) == (20, {})


def test_a_claim_does_not_wait_for_the_log(postgresql_settings):
    engine = db.make_engine(postgresql_settings)
    with db.session_scope(engine) as session:
        job = factories.make_job(session)
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(audit._LOCK)))
        with db.session_scope(engine) as session:
            session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            assert factories.make_claim(session, job).job_id == job.id
    engine.dispose()
