import stat
from pathlib import Path

import pytest

from netmend.embedded import broker, errors
from netmend.embedded.supervision import Interrupts, Supervisor


def test_the_socket_lies_in_a_folder_whose_path_is_short(tmp_path):
    with broker.socket_path(Path("/run/me")) as path:
        assert path == Path("/run/me/broker.sock")


def test_a_path_that_no_socket_could_have_is_replaced_by_a_private_short_one(tmp_path):
    with broker.socket_path(tmp_path / ("long" * 30)) as path:
        assert len(bytes(path)) <= 100
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.parent.exists()


def test_nothing_answers_where_no_broker_listens(tmp_path):
    assert not broker.answers(tmp_path / "broker.sock")


def test_the_broker_answers_on_a_socket_of_its_owner_alone(tmp_path):
    (tmp_path / "logs").mkdir()
    with broker.socket_path(tmp_path) as path:
        supervisor = Supervisor(
            [[broker.program(path)]], tmp_path, interrupts=Interrupts(), tell=pytest.fail
        )
        supervisor.start()
        assert broker.answers(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        supervisor.stop()
        assert not broker.answers(path)


def test_without_a_server_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(broker, "_bundled", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(errors.BrokerMissing) as refusal:
        broker.program(Path("broker.sock"))
    assert "install Valkey" in refusal.value.details["hint"]


def test_celery_is_told_the_socket():
    assert broker.url(Path("/run/me/broker.sock")) == "redis+socket:///run/me/broker.sock"
