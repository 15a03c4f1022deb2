"""The database and the broker."""

from functools import partial

import psutil
import pytest
import sqlalchemy as sa

from service import db
from service.doctor import findings, places, servers
from service.errors import InvalidSettings
from service.settings import Settings


def test_tables_of_this_version_are_well(engine):
    assert servers.database(engine).state == "ok"


def test_no_password_is_told(engine):
    secret = db.make_engine(Settings(database_url="postgresql://me:secret@127.0.0.1:1/x"))
    assert "secret" not in servers.database(engine).told
    assert "secret" not in findings.of("database", partial(servers.database, secret)).told


def test_tables_of_another_version_fail(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    finding = servers.database(engine)
    assert (finding.state, "netmend db upgrade" in finding.mend) == ("failed", True)


def test_a_database_that_is_away_fails():
    away = db.make_engine(Settings(database_url="postgresql://127.0.0.1:1/x"))
    finding = findings.of("database", partial(servers.database, away))
    assert (finding.state, finding.mend.startswith("start the database")) == ("failed", True)


def test_sqlite_on_a_network_disk_is_refused(sqlite_settings, monkeypatch):
    monkeypatch.setattr(places, "network_disk", lambda _: "nfs4")
    assert "network disk (nfs4)" in servers.file_of_sqlite(sqlite_settings).told


def test_postgresql_may_be_anywhere(monkeypatch):
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: pytest.fail("nobody asked"))
    assert servers.file_of_sqlite(Settings(database_url="postgresql://host/x")) is None


def test_a_malformed_url_is_told():
    with pytest.raises(InvalidSettings, match="NETMEND_DATABASE_URL"):
        servers.file_of_sqlite(Settings(database_url="nonsense"))


def test_a_broker_that_is_away_fails():
    away = Settings(broker_url="redis://127.0.0.1:1/0")
    assert findings.of("broker", partial(servers.broker, away)).state == "failed"
