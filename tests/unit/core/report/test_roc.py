import dataclasses
import xml.etree.ElementTree as ET

from core.report import roc


def _words(chart):
    return " ".join(text.strip() for text in ET.fromstring(chart.svg).itertext())


def test_each_poisoned_set_has_a_plot_and_the_lines_are_named_once(full_report):
    words = _words(roc.chart(full_report))
    assert all(name in words for name in ("corner", "blended", "warped"))
    for name in ("general score", "target-aware score", "by chance", "the N+1 model"):
        assert words.count(name) == 1


def test_of_many_sets_the_first_are_drawn_and_all_are_in_the_table(full_report):
    curves = full_report.goodnet.curves
    many = tuple(dataclasses.replace(curves[0], name=f"set {number}") for number in range(9))
    goodnet = dataclasses.replace(full_report.goodnet, curves=many)
    chart = roc.chart(dataclasses.replace(full_report, goodnet=goodnet))
    assert "(the first 6 of 9 sets)" in chart.caption
    assert "set 5" in _words(chart) and "set 6" not in _words(chart)
    assert len({row[0] for row in chart.table.rows}) == 9


def test_a_set_of_which_nothing_was_measured_has_no_mark(full_report):
    goodnet = dataclasses.replace(full_report.goodnet, detection_rate={})
    chart = roc.chart(dataclasses.replace(full_report, goodnet=goodnet))
    assert "the N+1 model" not in _words(chart)


def test_every_point_is_in_the_table_down_to_everything_flagged(full_report):
    rows = roc.chart(full_report).table.rows
    assert rows[1] == ("corner", "general", "0.89", "1.0 %", "60.0 %")
    assert rows[3] == ("corner", "general", "none", "100.0 %", "100.0 %")


def test_each_curve_is_told_in_two_numbers(full_report):
    assert roc.of_curves(full_report.goodnet).rows[1] == (
        "corner", "target-aware", "0.987 (95 % interval 0.975 to 0.999)",
        "95.0 % (93.3–96.4 %, n = 900)",
    )  # fmt: skip


def test_without_curves_there_is_no_figure(report):
    assert roc.chart(report) is None
