import dataclasses
from pathlib import Path

import pytest

from core.report import CAVEAT
from core.results import Gate
from netmend.cli import tables


@pytest.fixture
def report(result):
    return result.report


def _printed(capsys, reports):
    tables.print_repair(reports, Path("out"))
    return capsys.readouterr().out


def test_a_repair_is_shown_with_intervals_and_numbers_of_images(report, capsys):
    text = _printed(capsys, {"": report})
    assert "Attack success rate" in text
    assert "n = 600" in text
    assert "N+1 model (class 10 means backdoored)" in text


def test_the_caveat_and_the_path_of_the_report_are_always_shown(report, capsys):
    text = _printed(capsys, {"": report})
    assert CAVEAT in text
    assert "Report: out/report.html" in text


def test_what_was_not_measured_is_said_in_words(report, capsys):
    nothing = dataclasses.replace(report.before, clean_accuracy=None, attacks=())
    text = _printed(capsys, {"": dataclasses.replace(report, before=nothing, after=nothing)})
    assert text.count("not measured") >= 4


def test_a_warning_is_shown_once(report, capsys):
    warned = dataclasses.replace(report, warnings=("mind the gap",))
    assert _printed(capsys, {"drop-0.02": warned, "drop-0.04": warned}).count("mind the gap") == 1


def test_several_budgets_get_a_line_each_and_the_index(report, capsys):
    text = _printed(capsys, {"drop-0.02": report, "drop-0.04": report})
    assert "drop-0.02" in text
    assert "drop-0.04" in text
    assert "Report: out/index.html" in text


def test_a_gate_that_was_not_met_says_why(report, capsys):
    gate = Gate(
        max_attack_success_rate=0.05, max_accuracy_drop=None, passed=False, reasons=("too much",)
    )
    text = _printed(capsys, {"": dataclasses.replace(report, gate=gate)})
    assert "Gate not met: attack success at most 5.0 %. too much" in text


def test_an_evaluation_names_sets_and_targets(report, capsys):
    tables.print_evaluation(report.before, report.preprocessing)
    text = capsys.readouterr().out
    assert "bright_corner_poisoned (target: class 0)" in text
    assert "Preprocessing /255" in text
