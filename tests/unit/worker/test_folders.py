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
