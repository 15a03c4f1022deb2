import dataclasses
import json
from pathlib import Path

import pytest

from core.results import Gate
from netmend.cli import repair


@pytest.fixture
def gated(result):
    """The report of a repair, with a gate that was met or not."""

    def make(*, passed):
        gate = Gate(max_attack_success_rate=0.05, max_accuracy_drop=None, passed=passed)
        return dataclasses.replace(result.report, gate=gate)

    return make


def test_without_a_gate_the_exit_code_is_0(result):
    assert repair.tell({"": result.report}, Path("out"), as_json=False) == 0


def test_one_budget_that_misses_the_gate_is_enough_for_exit_code_1(gated):
    reports = {"drop-0.02": gated(passed=False), "drop-0.1": gated(passed=True)}
    assert repair.tell(reports, Path("out"), as_json=True) == 1


def test_json_of_one_budget_is_its_report(result, capsys):
    repair.tell({"": result.report}, Path("out"), as_json=True)
    assert json.loads(capsys.readouterr().out) == result.to_dict()


def test_json_of_several_budgets_is_a_report_for_each(result, capsys):
    repair.tell({"drop-0.02": result.report, "drop-0.1": result.report}, Path(), as_json=True)
    assert list(json.loads(capsys.readouterr().out)) == ["drop-0.02", "drop-0.1"]
