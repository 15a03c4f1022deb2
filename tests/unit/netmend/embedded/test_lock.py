import os

import pytest

from netmend.embedded import errors, lock


def test_a_folder_is_held_once(tmp_path):
    with lock.held(tmp_path), pytest.raises(errors.AlreadyRunning) as refusal:
        _hold(tmp_path)
    assert f"process {os.getpid()}" in str(refusal.value)
    assert "--state" in refusal.value.details["hint"]


def test_a_folder_that_was_let_go_can_be_held_again(tmp_path):
    _hold(tmp_path)
    _hold(tmp_path)


def test_an_error_lets_go_of_the_folder(tmp_path):
    with pytest.raises(ZeroDivisionError), lock.held(tmp_path):
        _ = 1 / 0
    _hold(tmp_path)


def _hold(folder):
    with lock.held(folder):
        pass
