from pathlib import Path

from netmend import cli
from netmend.cli import demo


def test_the_default_folder_is_the_next_free_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert demo._free_folder() == Path("netmend-demo")
    Path("netmend-demo").mkdir()
    Path("netmend-demo-2").mkdir()
    assert demo._free_folder() == Path("netmend-demo-3")


def test_an_output_folder_that_exists_is_refused_before_any_training(tmp_path, capsys):
    assert cli.run(["demo", "-o", str(tmp_path)]) == 2
    assert "exists" in capsys.readouterr().err
