"""The folder of an attempt is there while it lasts."""

import pytest

from core import errors
from worker import folders


def test_it_is_there_for_the_attempt_and_gone_after_it(tmp_path):
    with folders.attempt_folder(tmp_path / "jobs", "a", 1) as folder:
        (folder.inputs / "model").mkdir()
        (folder.results / "report.json").touch()
    assert list((tmp_path / "jobs").iterdir()) == []


def test_it_is_gone_after_an_error_too(tmp_path):
    with pytest.raises(KeyError), folders.attempt_folder(tmp_path, "a", 1):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_what_earlier_attempts_left_is_removed_and_others_are_left_alone(tmp_path):
    for name in ("a.1", "a.3", "b.1"):
        (tmp_path / name).mkdir()
    with folders.attempt_folder(tmp_path, "a", 2):
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.2", "a.3", "b.1"]


def test_a_disk_that_refuses_is_told(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(errors.OutputNotWritable),
        folders.attempt_folder(tmp_path / "file", "a", 1),
    ):
        pass


def test_the_folders_of_attempts_are_found_and_nothing_else(tmp_path):
    for name in ("a.1", "b.12", "c.partial"):
        (tmp_path / name).mkdir()
    (tmp_path / "pid").touch()
    found = {(item.job_id, item.attempt) for item in folders.attempts_in(tmp_path)}
    assert found == {("a", 1), ("b", 12)}


def test_where_there_was_no_attempt_none_is_found(tmp_path):
    assert folders.attempts_in(tmp_path / "jobs") == []
