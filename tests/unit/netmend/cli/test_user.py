"""`netmend user` and `netmend audit`: who may use an installation, and who did what."""

import json

import pytest
import sqlalchemy as sa

from netmend import cli
from service import accounts, db
from tests.databases import sqlite_settings, sqlite_template

__all__ = ["sqlite_settings", "sqlite_template"]


@pytest.fixture
def installed(sqlite_settings, monkeypatch):
    """The settings of an installation that the environment names."""
    monkeypatch.setenv("NETMEND_STATE_FOLDER", str(sqlite_settings.state_folder))
    return sqlite_settings


@pytest.fixture
def alice(installed, capsys):
    """The link that lets the first admin in."""
    assert cli.run(["user", "add", "alice", "--role", "admin"]) == 0
    return capsys.readouterr().out.strip()


@pytest.fixture
def said(capsys):
    """A function: what stood on stdout after a command that went well."""

    def said(*command):
        assert cli.run(list(command)) == 0
        return capsys.readouterr().out

    return said


def _who(settings, bearer):
    engine = db.make_engine(settings)
    with db.session_scope(engine) as session:
        found = accounts.authenticate(session, bearer)
    engine.dispose()
    return found


def test_a_new_user_gets_a_link_that_lets_them_in_once(installed, alice):
    address, _, invitation = alice.partition("/welcome/")
    assert address == "http://127.0.0.1:8400"
    assert _who(installed, invitation).name == "alice"


def test_a_new_link_takes_the_place_of_the_old_one(installed, alice, said):
    assert said("user", "invite", "alice").strip() != alice


def test_users_are_listed_with_their_roles(alice, said):
    said("user", "add", "bob")
    listed = json.loads(said("user", "list", "--json"))
    assert [(user["name"], user["role"]) for user in listed] == [
        ("alice", "admin"), ("bob", "submitter"),
    ]  # fmt: skip
    assert "submitter" in said("user", "list")


def test_a_role_can_be_changed_and_a_user_kept_out_and_let_in_again(alice, said):
    said("user", "add", "bob")
    said("user", "role", "bob", "viewer")
    said("user", "disable", "bob")
    assert json.loads(said("user", "list", "--json"))[1]["disabled_at"]
    said("user", "enable", "bob")
    listed = json.loads(said("user", "list", "--json"))[1]
    assert (listed["role"], listed["disabled_at"]) == ("viewer", None)


def test_a_token_may_what_was_asked_for(installed, alice, said):
    token = said("user", "token", "alice", "--scope", "submit", "--days", "2").strip()
    assert _who(installed, token).scopes == ("submit",)


@pytest.mark.parametrize(
    "command",
    [
        ["user", "role", "nobody", "viewer"],
        ["user", "role", "alice", "king"],
        ["user", "add", "alice"],
        ["user", "disable", "alice"],
        ["user", "token", "alice", "--days", "-1"],
        ["audit", "verify", "--known", "nonsense"],
    ],
)
def test_what_does_not_fit_is_refused(alice, command):
    assert cli.run(command) == 2


def test_the_first_admin_is_made_once(installed, said):
    first, second = (said("db", "upgrade", "--admin", "alice") for _ in range(2))
    assert "/welcome/nmt_" in first
    assert "/welcome/" not in second


def test_what_was_done_is_shown_and_whole(alice, said):
    events = json.loads(said("audit", "show", "--json"))
    assert [event["action"] for event in events] == ["user.add", "token.issue"]
    assert {event["source"] for event in events} == {"command line"}
    assert "user.add" in said("audit", "show", "--last", "2")
    assert json.loads(said("audit", "verify", "--json"))["wrong"] == {}


def test_an_event_that_was_changed_is_named(installed, alice, capsys):
    engine = db.make_engine(installed)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER keep_audit_events_update"))
        connection.execute(sa.text("UPDATE audit_events SET actor = 'eve' WHERE seq = 1"))
    engine.dispose()
    assert cli.run(["audit", "verify"]) == 1
    assert "Event 1: it was changed" in capsys.readouterr().out


def test_an_end_that_was_cut_off_is_missed_by_who_knows_the_head(alice, said, capsys):
    head = json.loads(said("audit", "verify", "--json"))["head"]
    assert cli.run(["audit", "verify", "--known", head]) == 0
    later = head.replace("2:", "9:", 1)
    assert cli.run(["audit", "verify", "--known", later]) == 1
    assert "Event 9: it was there before" in capsys.readouterr().out
