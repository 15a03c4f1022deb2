import xml.etree.ElementTree as ET

import pytest

from benchmarks.repair import page, rows, running, tables
from benchmarks.repair.rows import Cost
from tests.unit.benchmarks import repairs

FAILED = {"status": "failed", "message": "TrainingDiverged: a | b", "after": None, "cost": None}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("benchmark")
    for row in (
        repairs.row(reactivated=(0.3,)),
        repairs.row(method="ft-sam", success=0.05),
        repairs.row(method="ft-sam", attack="sig", **FAILED),
        repairs.row(attack="benign", drop=-0.01, is_unchanged=True),
        repairs.row(success=0.9, drop=0.03, n_clean=500),
        repairs.row(success=0.2, drop=0.01, params={"optimizer": "sgd"}),
    ):
        rows.write(folder, row)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "config", lambda cell: "new" if cell.net.attack == "sig" else "0")
        page.write(folder, folder / "benchmark.md")
    return folder


def test_a_method_has_a_line_over_all_its_nets(written):
    lines = (written / "benchmark.md").read_text().splitlines()
    line = [line for line in lines if line.startswith("| fine-tuning | 1 | 48.0 [")][-1]
    assert "| 48.0 | 2.0 [" in line and line.endswith("] | 1 | 30.0 | 1 | 0 |")


def test_methods_are_compared_on_the_nets_that_all_of_them_were_run_on(written):
    text = (written / "benchmark.md").read_text()
    section = text.partition("every method was run on\n")[2].partition("## All poisoned")[0]
    lines = [line.split(" | ")[:2] for line in section.splitlines() if line.startswith("| f")]
    # The net of sig was repaired by one method only, and a variant is no method.
    assert lines == [["| fine-tuning", "1"], ["| ft-sam", "1"]]


def test_what_parameters_may_be_tuned_on_is_marked(written):
    assert "| method | badnets † | sig |" in (written / "benchmark.md").read_text()


def test_repairs_with_fewer_images_have_a_table_of_their_own(written):
    text = (written / "benchmark.md").read_text()
    section = text.partition("## With 500 images")[2].partition("## Cost")[0]
    assert "| fine-tuning | 88.0 · 3.0 |" in section
    assert "| fine-tuning (500 images) | 0 |" in text


def test_a_variant_of_a_method_has_lines_of_its_own(written):
    lines = (written / "benchmark.md").read_text().splitlines()
    assert any(line.startswith("| fine-tuning:optimizer=sgd | 1 | 18.0 [") for line in lines)


def test_memory_that_did_not_grow_was_not_measured():
    assert tables._memory([Cost(**{**vars(repairs.COST), "peak_mib": 600})]) == ("–", "–")
    assert tables._memory([repairs.COST]) == ("700", "100")


def test_a_failure_is_a_row_with_its_message(written):
    assert "| failed: TrainingDiverged: a / b |" in (written / "benchmark.md").read_text()


def test_the_benign_control_says_what_was_left_unchanged(written):
    assert "| fine-tuning | 1 | −1.0 | −1.0 | 1 | 0 |" in (written / "benchmark.md").read_text()


def test_rows_of_older_code_are_counted(written):
    assert "1 of 6 rows were measured with other code" in (written / "benchmark.md").read_text()


@pytest.mark.parametrize("name", ["excess", "drop"])
def test_its_figures_are_svg(written, name):
    file = f"benchmark-{name}.svg"
    assert f"]({file})" in (written / "benchmark.md").read_text()
    assert ET.fromstring((written / file).read_text()).tag.endswith("svg")


def test_it_can_be_written_before_anything_was_measured(tmp_path):
    page.write(tmp_path, tmp_path / "benchmark.md")
    assert "No repair was measured yet." in (tmp_path / "benchmark.md").read_text()


def test_it_can_be_written_with_benign_nets_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "config", lambda cell: "0")
    rows.write(tmp_path, repairs.row(attack="benign"))
    page.write(tmp_path, tmp_path / "benchmark.md")
    text = (tmp_path / "benchmark.md").read_text()
    assert "All poisoned nets" not in text and "benchmark-drop.svg" in text
