import dataclasses

from core.report import index


def _with_budget(report, budget):
    selection = dataclasses.replace(report.selection, max_accuracy_drop=budget)
    return dataclasses.replace(report, selection=selection)


def test_rows_come_with_the_smallest_budget_first(report):
    reports = {"large": _with_budget(report, 0.1), "small": _with_budget(report, 0.02)}
    assert [row.folder for row in index.of_reports(reports)] == ["small", "large"]


def test_a_row_shows_the_attack_that_decides(report):
    (row,) = index.of_reports({"drop-0.04": report})
    assert row.worst_attack == "corner"
    assert row.attack_success_rate_after == report.after.attacks[0].attack_success_rate


def test_a_row_of_nothing_measured_is_none_not_zero(unmeasured_report):
    (row,) = index.of_reports({"drop-0.04": unmeasured_report})
    assert row.worst_attack is row.attack_success_rate_after is row.clean_accuracy_after is None


def test_the_json_of_the_index_reads_back(report):
    rows = index.of_reports({"drop-0.04": report})
    (data,) = index.to_json(rows)["repairs"]
    assert index.Row.from_json(data) == rows[0]


def test_the_address_of_a_report_is_quoted(report):
    (row,) = index.of_reports({"drop 4 %": report})
    assert row.address == "drop%204%20%25/report.html"
