"""`netmend web` and `netmend up`: nobody listens for others before there is an admin."""

import os

import pytest

from netmend import cli
from tests.databases import sqlite_settings, sqlite_template

__all__ = ["sqlite_settings", "sqlite_template"]


@pytest.fixture
def installed(sqlite_settings, monkeypatch):
    monkeypatch.setenv("NETMEND_STATE_FOLDER", str(sqlite_settings.state_folder))
    monkeypatch.setenv("NETMEND_WEB_HOST", "0.0.0.0")


@pytest.mark.parametrize("command", [["web"], ["up", "--port", "0"]])
def test_without_an_admin_it_does_not_start_for_others(installed, capsys, command):
    assert cli.run(command) == 2
    said = capsys.readouterr().err
    assert "there is no admin yet" in said
    assert "netmend db upgrade --admin NAME" in said


def test_with_an_admin_it_does(installed, monkeypatch):
    become = []
    monkeypatch.setattr(os, "execve", lambda path, *_: become.append(path))
    cli.run(["user", "add", "ada", "--role", "admin"])
    cli.run(["web"])
    assert len(become) == 1
