import errno

import pytest

from core import errors
from netmend.cli import uploads


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(errors.UnreadableFile, match=r"gone\.h5 cannot be read: No such file"):
        uploads.check_readable(None, tmp_path / "gone.h5")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(errors.UnreadableFile, match="Is a directory"):
        uploads.check_readable(tmp_path)


def test_the_workplace_is_hidden_beside_the_results_and_private(tmp_path):
    with uploads.workplace(beside=tmp_path, quiet=True) as workplace:
        assert workplace.folder.parent == tmp_path
        assert workplace.folder.name.startswith(".")
        assert workplace.folder.stat().st_mode & 0o077 == 0


def test_the_workplace_is_gone_after_an_interruption(tmp_path):
    with pytest.raises(KeyboardInterrupt), uploads.workplace(beside=tmp_path, quiet=True) as place:
        place.place("model").mkdir()
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_the_workplace_does_not_make_the_folders_above_it(tmp_path):
    with uploads.workplace(beside=tmp_path / "a" / "b", quiet=True) as workplace:
        assert workplace.folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_as_such(tmp_path, monkeypatch):
    def no_room(**_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", no_room)
    with (
        pytest.raises(errors.OutputNotWritable, match="No space left"),
        uploads.workplace(beside=tmp_path, quiet=True),
    ):
        pass


def test_a_file_stands_for_itself_and_a_folder_for_what_is_in_it(tmp_path):
    for name in ("b.png", "a.png", ".hidden"):
        (tmp_path / name).touch()
    assert uploads.files_at(tmp_path) == [tmp_path / "a.png", tmp_path / "b.png"]
    assert uploads.files_at(tmp_path / "a.png") == [tmp_path / "a.png"]


def test_a_folder_without_pictures_is_told(tmp_path):
    with pytest.raises(errors.InvalidDataset, match="no pictures"):
        uploads.files_at(tmp_path)
