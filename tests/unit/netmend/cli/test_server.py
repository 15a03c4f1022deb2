import json
import stat

import pytest

from core import errors
from netmend.cli import server
from netmend.cli.server import Login


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """Where logins are kept, and the state folder of `netmend up`."""
    monkeypatch.setattr(server.typer, "get_app_dir", lambda _: str(tmp_path / "config"))
    monkeypatch.setenv("NETMEND_STATE_FOLDER", str(tmp_path))
    return tmp_path


def test_without_any_server_it_is_said_how_to_get_one():
    with pytest.raises(errors.InvalidInput) as refusal, server.connected(None, None):
        pass
    assert "netmend up" in refusal.value.details["hint"]


def test_the_server_that_runs_here_is_found(folders):
    (folders / "server.json").write_text(json.dumps({"url": "http://here", "token": "t"}))
    assert server._meant(None, None) == Login(url="http://here", token="t")


def test_a_login_comes_before_the_server_that_runs_here(folders):
    (folders / "server.json").write_text(json.dumps({"url": "http://here", "token": "t"}))
    server.save(Login(url="http://there", token="u"))
    assert server._meant(None, None) == Login(url="http://there", token="u")


def test_what_is_given_comes_first():
    server.save(Login(url="http://there", token="u"))
    assert server._meant("http://x", "v") == Login(url="http://x", token="v")


def test_a_token_is_never_sent_to_another_server():
    server.save(Login(url="http://there", token="u"))
    assert server._meant("http://x", None) == Login(url="http://x", token=None)
    assert server._meant("http://there/", None).token == "u"


def test_a_login_is_readable_for_its_owner_alone():
    assert stat.S_IMODE(server.save(Login(url="u", token="t")).stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '"a"'])
def test_a_file_that_is_not_ours_is_none(tmp_path, text):
    (tmp_path / "a").write_text(text)
    assert server._read(tmp_path / "a") is None
