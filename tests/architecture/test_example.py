"""The examples run as they stand in the repository."""

import subprocess
import sys

import pytest

from tests.architecture import tree

EXAMPLES = tree.REPOSITORY / "examples"


def _run(*arguments, folder):
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.slow
def test_repair_one_model_runs_without_arguments(tmp_path):
    done = _run(EXAMPLES / "repair_one_model.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "saved: figures goodnet.h5 repaired.h5" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_repair_one_model_is_short():
    assert len((EXAMPLES / "repair_one_model.py").read_text().splitlines()) <= 40


@pytest.mark.data
@pytest.mark.slow
def test_csaw_hackml_2020_does_what_it_can_and_says_what_is_missing(shared_data, tmp_path):
    done = _run(EXAMPLES / "csaw_hackml_2020.py", shared_data / "csaw", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("quoted") == 4
    assert "missing: data/anonymous_1_poisoned_data.h5" in done.stdout
    assert (tmp_path / "out" / "sunglasses" / "repaired.weights.h5").is_file()
    assert (tmp_path / "out" / "multi_trigger_multi_target" / "goodnet.h5").is_file()


def test_csaw_hackml_2020_names_the_files_that_it_cannot_do_without(tmp_path):
    done = _run(EXAMPLES / "csaw_hackml_2020.py", tmp_path, folder=tmp_path)
    assert done.returncode == 2
    assert "data/clean_validation_data.h5, data/clean_test_data.h5" in done.stderr
