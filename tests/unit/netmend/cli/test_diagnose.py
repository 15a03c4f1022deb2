import pytest

from netmend import cli


@pytest.fixture
def given(files, tmp_path):
    return ["diagnose", files["model"], "--clean-validation", files["clean_validation"]]


def run(*arguments):
    return cli.run([str(item) for item in arguments])


def test_a_folder_that_is_there_is_refused_before_anything_is_read(given, tmp_path, capsys):
    assert run(*given, "-o", tmp_path) == 2
    assert "exists" in capsys.readouterr().err


def test_a_preprocessing_that_is_none_is_refused(given, capsys):
    assert run(*given, "--preprocessing", "/256") == 2
    assert "/255" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(given, tmp_path, capsys):
    assert run(*given[:-1], tmp_path / "missing.h5") == 2
    assert "missing.h5" in capsys.readouterr().err


def test_clean_images_are_needed(given, capsys):
    assert run(*given[:2]) == 2
    assert "--clean-validation" in capsys.readouterr().err
