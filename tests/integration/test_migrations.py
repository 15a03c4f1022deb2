"""Migrations lead from nothing to the tables of the code and back; several may try at once."""

import json
import subprocess
import sys

import alembic.command
import pytest
import sqlalchemy as sa

from service import accounts, db, jobs
from service.settings import Settings
from tests import factories
from tests.architecture import tree

UPGRADE = "from service import db; from service.settings import Settings; \
db.upgrade(db.make_engine(Settings()))"

#: PostgreSQL cannot have any.
DANGLING = {"sqlite": "PRAGMA foreign_key_check", "postgresql": "SELECT 1 WHERE false"}

#: Name of a user, which begins with the role that they should get, to scopes of their token.
SCOPES_OF_BEFORE = {
    "admin": ["admin"],
    "admin by invitation": ["once"],
    "submitter": ["read", "submit"],
    "viewer": ["read"],
}
_USER = sa.text(
    "INSERT INTO users (id, name, created_at) VALUES (:name, :name, '2026-01-01 00:00:00.000000')"
)
_TOKEN = sa.text(
    "INSERT INTO tokens (id, user_id, name, scopes, secret_sha256, created_at)"
    " VALUES (:name, :name, '', :scopes, '', '2026-01-01 00:00:00.000000')"
)


@pytest.fixture
def empty(request, settings, tmp_path):
    """Settings with a database of the same kind that has no tables yet."""
    if settings.database_url.startswith("sqlite"):
        return Settings(state_folder=tmp_path / "empty")
    admin = request.getfixturevalue("postgresql_server")
    name = sa.make_url(settings.database_url).database + "_empty"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = admin.url.set(database=name).render_as_string(hide_password=False)
    return Settings(state_folder=tmp_path / "empty", database_url=url)


@pytest.fixture
def alembic_config(engine):
    with db._connection(engine) as connection:
        yield db._alembic(connection)


def test_tables_are_what_the_code_says(alembic_config):
    alembic.command.check(alembic_config)


def test_an_upgrade_of_what_is_current_changes_nothing(engine):
    with db.session_scope(engine) as session:
        job_id = factories.make_job(session).id
    db.upgrade(engine)
    with db.session_scope(engine, read_only=True) as session:
        assert jobs.get(session, job_id).state == "queued"


def test_a_job_keeps_its_history_through_every_upgrade(engine):
    with db.session_scope(engine) as session:
        job_id = factories.make_job(session).id
    with db._connection(engine.execution_options(rebuilds_tables=True)) as connection:
        alembic.command.downgrade(db._alembic(connection), "0001")
    db.upgrade(engine)
    with db.session_scope(engine, read_only=True) as session:
        assert jobs.get(session, job_id).batch_id is None
        assert [event.seq for event in jobs.events_after(session, job_id)] == [1]
        assert len(jobs.inputs_of(session, job_id)) == 2


def test_no_upgrade_leaves_a_reference_to_nothing(engine):
    with db.session_scope(engine) as session:
        factories.make_job(session)
    with db._connection(engine.execution_options(rebuilds_tables=True)) as connection:
        alembic.command.downgrade(db._alembic(connection), "0001")
    db.upgrade(engine)
    with db._connection(engine) as connection:
        assert list(connection.exec_driver_sql(DANGLING[connection.dialect.name])) == []


def test_users_of_before_keep_what_their_tokens_could_do_and_no_more(engine):
    with db._connection(engine.execution_options(rebuilds_tables=True)) as connection:
        alembic.command.downgrade(db._alembic(connection), "0004")
        for name, scopes in SCOPES_OF_BEFORE.items():
            connection.execute(_USER, {"name": name})
            connection.execute(_TOKEN, {"name": name, "scopes": json.dumps(scopes)})
        connection.execute(_USER, {"name": "viewer without a token"})
    db.upgrade(engine)
    with db.session_scope(engine, read_only=True) as session:
        assert all(user.name.startswith(user.role) for user in accounts.list_users(session))


def test_down_to_nothing_and_up_again(engine):
    with db._connection(engine.execution_options(rebuilds_tables=True)) as connection:
        alembic.command.downgrade(db._alembic(connection), "base")
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    db.upgrade(engine)
    assert db.is_current(engine)


def test_a_database_without_tables_is_not_current(empty):
    engine = db.make_engine(empty)
    assert not db.is_current(engine)
    engine.dispose()


def test_three_who_upgrade_at_once_do_it_after_one_another(empty):
    environment = {
        "NETMEND_DATABASE_URL": empty.database_url,
        "NETMEND_STATE_FOLDER": str(empty.state_folder),
    }
    command = [sys.executable, "-W", "error", "-c", UPGRADE]
    started = [subprocess.Popen(command, cwd=tree.REPOSITORY, env=environment) for _ in range(3)]
    assert [process.wait() for process in started] == [0, 0, 0]
    engine = db.make_engine(empty)
    assert db.is_current(engine)
    engine.dispose()
