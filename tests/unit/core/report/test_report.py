import dataclasses
import json

import pytest

from core import errors
from core import report as card
from core.results import RepairReport


@pytest.fixture
def folder(tmp_path, report, sample):
    card.write(report, tmp_path / "out", samples=[sample])
    return tmp_path / "out"


def test_a_report_is_three_texts_and_its_figures(folder):
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == {
        "report.json",
        "report.html",
        "report.md",
        "figures/before-after.svg",
        "figures/pruning-curve.svg",
        "figures/training-curves.svg",
        "figures/per-class-change.svg",
        "figures/samples.png",
    }


def test_the_json_is_the_report_field_for_field(folder, report):
    data = json.loads((folder / "report.json").read_text())
    assert RepairReport.from_json(data) == report
    assert list(data) == [field.name for field in dataclasses.fields(RepairReport)]


def test_everything_a_report_can_hold_comes_back_from_its_json(full_report):
    text = json.dumps(full_report.to_json(), allow_nan=False)
    assert RepairReport.from_json(json.loads(text)) == full_report


def test_a_report_of_old_is_still_read(report):
    data = report.to_json()
    new = ("classes", "effectiveness", "reactivation", "seeds", "peak_memory_bytes", "diagnosis")
    old = {name: value for name, value in data.items() if name not in new}
    for name in ("targets", "select_false_positive_rate", "largest_false_positive_rate", "curves"):
        del old["goodnet"][name]
    assert RepairReport.from_json(old) == report


def test_the_json_is_indented_and_ends_its_last_line(folder):
    text = (folder / "report.json").read_text()
    assert text.startswith('{\n  "verdict"')
    assert text.endswith("}\n")


def test_a_file_name_that_is_no_text_is_still_json(tmp_path, report):
    card.write(dataclasses.replace(report, warnings=("\udcff ü",)), tmp_path)
    assert json.loads((tmp_path / "report.json").read_text())["warnings"] == ["\udcff ü"]


def test_a_report_without_samples_has_no_sheet_of_them(tmp_path, unmeasured_report):
    card.write(unmeasured_report, tmp_path)
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["before-after.svg"]


def test_the_same_report_is_the_same_files(tmp_path, report, sample, folder):
    card.write(report, tmp_path / "again", samples=[sample])
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert [(folder / f).read_bytes() for f in files] == [
        (tmp_path / "again" / f).read_bytes() for f in files
    ]


def test_what_is_no_number_is_refused_rather_than_written(tmp_path, report):
    with pytest.raises(ValueError, match="not JSON compliant"):
        card.write(dataclasses.replace(report, seconds=float("nan")), tmp_path)


def test_a_place_that_cannot_be_written_is_named(tmp_path, report):
    (tmp_path / "report.md").mkdir()
    with pytest.raises(errors.OutputNotWritable, match=r"report\.md"):
        card.write(report, tmp_path)


def test_an_index_is_three_texts(tmp_path, report):
    card.write_index({"drop-0.02": report, "drop-0.04": report}, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"index.json", "index.html", "index.md"}
    repairs = json.loads((tmp_path / "index.json").read_text())["repairs"]
    assert [repair["folder"] for repair in repairs] == ["drop-0.02", "drop-0.04"]
