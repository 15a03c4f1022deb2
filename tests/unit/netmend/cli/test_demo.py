from pathlib import Path

from netmend import cli
from netmend.cli import demo, repair
from tests import factories


def test_the_default_folder_is_the_next_free_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert demo._free_folder() == Path("netmend-demo")
    Path("netmend-demo").mkdir()
    Path("netmend-demo-2").mkdir()
    assert demo._free_folder() == Path("netmend-demo-3")


def test_an_output_folder_that_exists_is_refused_before_any_training(tmp_path, capsys):
    assert cli.run(["demo", "-o", str(tmp_path)]) == 2
    assert "exists" in capsys.readouterr().err


def test_without_the_service_it_repairs_in_a_child_of_its_own(tmp_path, monkeypatch):
    asked = []
    report = factories.make_report()
    monkeypatch.setattr(demo, "_made", lambda workplace, seed: "files")
    monkeypatch.setattr(demo.served, "service", None)  # would fail if it were called
    monkeypatch.setattr(repair, "repair_at", lambda *given: asked.append(given[1:]) or {"": report})
    assert cli.run(["demo", "--local", "-o", str(tmp_path / "out"), "-q"]) == 0
    ((files, options, folder),) = asked
    assert (files, options.method, folder) == ("files", "fine-pruning", tmp_path / "out")
