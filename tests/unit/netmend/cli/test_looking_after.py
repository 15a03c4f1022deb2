"""The commands that keep an installation healthy: gc, backup, doctor."""

import io
import json
import os
import time

import pytest

from netmend import cli
from netmend.embedded import broker
from service import storage
from tests import brokers
from tests.databases import sqlite_settings, sqlite_template

__all__ = ["sqlite_settings", "sqlite_template"]


@pytest.fixture
def installed(sqlite_settings, monkeypatch):
    """The settings of an installation that the environment names."""
    sqlite_settings.state_folder.chmod(0o700)
    monkeypatch.setenv("NETMEND_STATE_FOLDER", str(sqlite_settings.state_folder))
    return sqlite_settings


@pytest.fixture
def garbage(installed):
    """A file that nobody needs since two days ago."""
    kept = storage.make_storage(installed)
    path = kept.path(kept.put(io.BytesIO(b"garbage")).sha256)
    long_ago = time.time() - 2 * 86400
    os.utime(path, (long_ago, long_ago))
    return path


def _json(capsys):
    return json.loads(capsys.readouterr().out)


def test_gc_removes_garbage_and_tells_of_it(garbage, capsys):
    assert cli.run(["gc"]) == 0
    told = capsys.readouterr().out
    assert "files that no row names" in told
    assert told.endswith("Freed 7 bytes.\n")
    assert not garbage.exists()


def test_gc_keeps_what_is_within_the_grace(garbage):
    assert cli.run(["gc", "--grace-hours", "72"]) == 0
    assert garbage.exists()


def test_a_dry_run_of_gc_says_what_would_go(garbage, capsys):
    assert cli.run(["gc", "--dry-run", "--json"]) == 0
    told = _json(capsys)
    assert (told["dry_run"], told["n_bytes"]) == (True, 7)
    assert {"what": "files that no row names", "n": 1, "n_bytes": 7} in told["freed"]
    assert garbage.exists()


@pytest.mark.parametrize("command", [["gc"], ["backup", "folder"]])
def test_without_tables_nothing_is_done(tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETMEND_STATE_FOLDER", str(tmp_path / "state"))
    assert cli.run(command) == 3
    assert "netmend db upgrade" in capsys.readouterr().err


def test_a_backup_is_made_and_verified(installed, tmp_path, capsys):
    folder = tmp_path / "backup"
    assert cli.run(["backup", str(folder), "--with-files"]) == 0
    assert "database.sqlite, with 0 files" in capsys.readouterr().out
    assert cli.run(["backup", str(folder), "--verify", "--json"]) == 0
    assert _json(capsys)["database"] == "database.sqlite"


def test_a_damaged_backup_fails(installed, tmp_path, capsys):
    folder = tmp_path / "backup"
    cli.run(["backup", str(folder)])
    (folder / "database.sqlite").write_bytes(b"nothing")
    assert cli.run(["backup", str(folder), "--verify"]) == 3
    assert "database.sqlite is damaged" in capsys.readouterr().err


def test_verifying_makes_no_backup(installed, tmp_path):
    assert cli.run(["backup", str(tmp_path / "backup"), "--verify", "--with-files"]) == 2


def test_the_doctor_says_what_is_wrong_and_what_to_do(installed, capsys):
    assert cli.run(["doctor"]) == 3
    told = capsys.readouterr().out
    assert "failed    broker" in told
    assert "broker: start the broker, or 'netmend up'" in told


def test_the_doctor_finds_the_broker_of_netmend_up(installed, monkeypatch, capsys):
    with brokers.valkey() as url:
        socket = installed.state_folder / broker.SOCKET
        socket.symlink_to(url.removeprefix("redis+socket://"))
        assert cli.run(["doctor", "--json"]) == 1  # no worker runs
    states = {finding["part"]: finding["state"] for finding in _json(capsys)}
    assert (states["broker"], states["workers"]) == ("ok", "warning")


def test_the_doctor_looks_at_settings_that_are_wrong(installed, monkeypatch, capsys):
    monkeypatch.setenv("NETMEND_LEASE_S", "long")
    assert cli.run(["doctor", "--json"]) == 3
    assert [finding["part"] for finding in _json(capsys)] == ["settings"]
