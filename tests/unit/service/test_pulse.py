import os
import sys
import time

import pytest

from service import pulse
from service.settings import Settings


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("NETMEND_STATE_FOLDER", str(tmp_path))
    return Settings()


def check(name, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["pulse", name])
    return pulse.main()


def test_who_gave_a_sign_is_well(settings, monkeypatch):
    pulse.beat(settings, "worker")
    assert pulse.is_well(settings, "worker")
    assert check("worker", monkeypatch) == 0


def test_who_gave_none_is_not(settings, monkeypatch):
    pulse.beat(settings, "worker")
    assert check("dispatcher", monkeypatch) == 1


def test_who_has_been_silent_for_long_is_not(settings):
    pulse.beat(settings, "worker")
    (sign,) = (settings.state_folder / "pulse").iterdir()
    os.utime(sign, (time.time() - 100, time.time() - 100))
    assert not pulse.is_well(settings, "worker")
    pulse.beat(settings, "worker")
    assert pulse.is_well(settings, "worker")


def test_each_machine_that_shares_the_folder_has_its_own(settings, monkeypatch):
    pulse.beat(settings, "worker")
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    assert not pulse.is_well(settings, "worker")


def test_a_sign_that_cannot_be_given_ends_nothing(tmp_path):
    (tmp_path / "pulse").write_text("in the way")
    pulse.beat(Settings(state_folder=tmp_path), "worker")
    assert not pulse.is_well(Settings(state_folder=tmp_path), "worker")
