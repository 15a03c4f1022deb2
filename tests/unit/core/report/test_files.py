from pathlib import Path

import pytest

from core import errors
from core.report import files


def test_a_file_is_replaced_whole(tmp_path):
    files.write(tmp_path / "a.txt", "long old text")
    files.write(tmp_path / "a.txt", b"new")
    assert (tmp_path / "a.txt").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_leaves_the_old_file_and_names_the_file(tmp_path, monkeypatch):
    files.write(tmp_path / "report.html", "old")

    def full(path, _data):
        path.open("wb").close()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(errors.OutputNotWritable, match=r"report\.html: No space left"):
        files.write(tmp_path / "report.html", "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_folder_that_is_a_file_cannot_be_made(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(errors.OutputNotWritable, match="taken"):
        files.folder(tmp_path / "taken")


def test_a_folder_may_be_there_already(tmp_path):
    assert files.folder(files.folder(tmp_path / "a" / "b")).is_dir()


def test_text_that_is_no_unicode_can_be_written(tmp_path):
    files.write(tmp_path / "a.txt", "name \udcff")
    assert (tmp_path / "a.txt").read_text() == "name ?"
