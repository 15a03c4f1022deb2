"""The command line end to end, through the real children."""

import json
import os
import subprocess
import time

import pytest

import netmend
from core.results import RepairReport
from tests.integration import command_line as cli

QUICK = ["--method", "fine-pruning", "--set", "epochs=1", "--set", "flip=false"]
RESULTS = {
    "repaired.h5",
    "repaired.weights.h5",
    "goodnet.h5",
    "report.json",
    "report.html",
    "report.md",
    "figures",
}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("command_line")]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The demo's model and image sets."""
    return netmend.make_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def repair(files):
    """Options of a whole repair that takes seconds; it does not repair."""
    return [
        "repair", files.model, "--clean-validation", files.clean_validation,
        "--clean-test", files.clean_test, "--poisoned-test", files.poisoned_test, *QUICK,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def repaired(repair, tmp_path_factory):
    """A folder, and the process that made the folder ``out`` in it; its gate cannot be met."""
    folder = tmp_path_factory.mktemp("repaired")
    done = cli.netmend(*repair, "--gate-asr", "1%", "--json", "-o", "out", cwd=folder)
    return folder, done


def test_a_repair_writes_the_whole_folder_and_nothing_else(repaired):
    folder, _ = repaired
    assert cli.names(folder) == {"out"}
    assert cli.names(folder / "out") == RESULTS


def test_a_gate_that_is_not_met_is_exit_code_1(repaired):
    _, done = repaired
    report = RepairReport.from_json(json.loads(done.stdout))
    assert (done.returncode, report.gate.passed) == (1, False)


def test_json_is_exactly_the_report(repaired):
    folder, done = repaired
    assert json.loads(done.stdout) == json.loads((folder / "out" / "report.json").read_text())


def test_progress_is_a_few_plain_lines_on_stderr(repaired):
    _, done = repaired
    lines = done.stderr.splitlines()
    assert {"prune", "fine-tune", "measure the model"} <= set(lines)
    assert len(lines) < 20
    assert "\x1b" not in done.stderr


def test_the_report_has_the_command_that_asks_for_the_same_again(repaired, repair):
    folder, done = repaired
    command = json.loads(done.stdout)["command"]
    assert command.startswith("netmend repair ")
    again = subprocess.run(
        command.replace("-o out", "-o again"), shell=True, cwd=folder, capture_output=True,
        text=True, env={**os.environ, "PATH": f"{cli.NETMEND.parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    first, second = json.loads(done.stdout), json.loads(again.stdout)
    assert second["after"] == first["after"]


def test_a_gate_that_is_met_is_exit_code_0(repair, tmp_path):
    done = cli.netmend(*repair, "--gate-drop", "50%", "--quiet", "-o", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Gate met" in done.stdout
    assert "report.html" in done.stdout


def test_several_budgets_get_a_folder_each_and_an_index(repair, tmp_path):
    budgets = ["--max-accuracy-drop", "2%", "--max-accuracy-drop", "0.1"]
    done = cli.netmend(*repair, *budgets, "--json", "-o", tmp_path / "out")
    reports = json.loads(done.stdout)
    assert list(reports) == ["drop-0.02", "drop-0.1"]
    assert cli.names(tmp_path / "out" / "drop-0.1") == RESULTS
    assert {"index.json", "index.html", "index.md"} <= cli.names(tmp_path / "out")


def test_without_poisoned_images_attack_success_is_not_measured(files, tmp_path):
    done = cli.netmend(
        "repair", files.model, "--clean-validation", files.clean_validation, *QUICK,
        "-o", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0
    assert "Inconclusive" in done.stdout
    assert "not measured" in done.stdout


def test_evaluate_gives_the_figures_before_the_repair(repaired, files):
    _, done = repaired
    arguments = ["--clean-test", files.clean_test, "--poisoned-test", files.poisoned_test]
    found = cli.netmend("evaluate", files.model, *arguments, "--preprocessing", "/255", "--json")
    assert json.loads(found.stdout)["evaluation"] == json.loads(done.stdout)["before"]


def test_evaluate_tries_preprocessings_on_clean_validation_images(files):
    arguments = ["--clean-test", files.clean_test, "--clean-validation", files.clean_validation]
    found = cli.netmend("evaluate", files.model, *arguments)
    assert "Preprocessing /255" in found.stdout


def test_diagnose_tells_what_it_writes(files, tmp_path):
    arguments = ["--clean-validation", files.clean_validation, "--json", "-o", "out"]
    done = cli.netmend("diagnose", files.model, *arguments, cwd=tmp_path)
    told, written = json.loads(done.stdout), tmp_path / "out"
    assert told == json.loads((written / "diagnosis.json").read_text())
    assert told["suspects"][0]["label"] == 0
    assert cli.names(written) == {"diagnosis.html", "diagnosis.json", "diagnosis.md", "triggers"}


def test_predict_prints_an_integer_for_each_image(repaired, files):
    folder, _ = repaired
    found = cli.netmend("predict", folder / "out" / "goodnet.h5", files.clean_test, "--quiet")
    labels = [int(line) for line in found.stdout.splitlines()]
    assert len(labels) == 600
    assert set(labels) <= set(range(11))


def test_inspect_tells_a_model_from_images(files):
    model = cli.netmend("inspect", files.model, "--json")
    images = cli.netmend("inspect", files.poisoned_test, "--json")
    assert json.loads(model.stdout)["convolutions"] == ["conv_1", "conv_2", "conv_3"]
    assert json.loads(images.stdout)["constant_label"] == 0


def test_inspect_shows_people_what_was_understood(files):
    assert "fc_1" in cli.netmend("inspect", files.model).stdout
    assert "all 0, as in a poisoned set" in cli.netmend("inspect", files.poisoned_test).stdout


def test_the_demo_needs_no_files_and_repairs(tmp_path):
    began = time.monotonic()
    done = cli.netmend("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Report: netmend-demo/report.html" in done.stdout
    assert done.stdout.startswith("Repaired")
    assert cli.names(tmp_path) == {"netmend-demo"}
    report = json.loads((tmp_path / "netmend-demo/report.json").read_text())
    assert report["command"] == "netmend demo"  # its service is gone, and with it the job
    assert time.monotonic() - began < 120
