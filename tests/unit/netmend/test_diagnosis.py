import dataclasses
import json

import pytest

import netmend
from core.diagnosis import searching


@pytest.fixture(scope="module")
def found(demo_files):
    settings = [dataclasses.replace(each, steps=40) for each in searching._SETTINGS]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(searching, "_SETTINGS", settings)
        return netmend.diagnose(
            netmend.read_model(demo_files.model), demo_files.clean_validation, seed=1
        )


def test_the_target_of_the_demo_comes_first(found):
    assert found.suspects[0].label == 0


def test_suspects_are_those_that_pass_the_threshold(found):
    assert found.targets == tuple(item.label for item in found.suspects if item.is_suspected)


def test_it_is_saved_whole(found, tmp_path):
    found.save(tmp_path / "diagnosis")
    written = json.loads((tmp_path / "diagnosis" / "diagnosis.json").read_text())
    assert written["n_classes"] == found.to_dict()["n_classes"] == 10
    assert len(list((tmp_path / "diagnosis" / "triggers").iterdir())) == 20


def test_images_that_are_open_already_will_do(demo_files, repair_data, monkeypatch):
    seen = []
    monkeypatch.setattr("core.diagnosing.examine", lambda asked, on_event: seen.append(asked))
    netmend.diagnose(netmend.read_model(demo_files.model), repair_data.clean_validation)
    assert seen[0].images is repair_data.clean_validation


def test_it_says_what_was_found(found):
    assert "suspected" in repr(found)
