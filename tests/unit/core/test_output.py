import pytest

from core import errors, output


def test_the_folder_appears_with_all_that_was_written(tmp_path):
    with output.staged(tmp_path / "out") as folder:
        (folder / "report.json").write_text("{}")
        assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "report.json"]


def test_after_an_error_nothing_is_left(tmp_path):
    with pytest.raises(KeyboardInterrupt), output.staged(tmp_path / "out") as folder:
        (folder / "half.json").write_text("{")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_missing_parents_are_made(tmp_path):
    with output.staged(tmp_path / "a" / "b"):
        pass
    assert (tmp_path / "a" / "b").is_dir()


def test_after_an_error_the_parents_that_were_made_are_gone_too(tmp_path):
    with pytest.raises(RuntimeError), output.staged(tmp_path / "a" / "b" / "out"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_refused_and_stays(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    with pytest.raises(errors.OutputExists, match="exists"), output.staged(tmp_path / "out"):
        pass
    assert (tmp_path / "out" / "mine.txt").read_text() == "keep"


def test_a_parent_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.OutputNotWritable), output.staged(tmp_path / "file" / "out"):
        pass
