import re
import xml.etree.ElementTree as ET

import matplotlib
import pytest

from core.report import canvas
from core.report.tables import Table


def _paint(figure):
    plot = canvas.axes(figure, top=10, height=60, left=40, right=10)
    plot.plot([0, 1], [0, 1], "o-", color=canvas.AFTER, label="a $x$ & <b> 名")
    plot.legend()


@pytest.fixture
def chart():
    return canvas.Chart(
        name="line",
        title="A line",
        caption='It "rises" & <rises>.',
        table=Table(caption="", columns=(), rows=()),
        paint=_paint,
        height=100,
    )


def test_a_figure_is_well_formed_svg_with_its_text_as_text(chart):
    root = ET.fromstring(chart.svg)
    assert root.get("viewBox") == "0 0 400 100"
    assert "a $x$ & <b> 名" in "".join(root.itertext())


def test_the_same_figure_is_the_same_text(chart):
    assert canvas.draw(_paint, name="line", height=100) == chart.svg


def test_a_figure_carries_no_date_and_no_program(chart):
    assert "<metadata" not in chart.svg


def test_figures_with_different_names_share_no_id(chart):
    other = canvas.draw(_paint, name="other", height=100)
    ids, other_ids = (set(re.findall(r'\bid="([^"]*)"', svg)) for svg in (chart.svg, other))
    assert ids
    assert not ids & other_ids


def test_drawing_leaves_the_settings_of_matplotlib_alone():
    before = dict(matplotlib.rcParams)
    canvas.draw(_paint, name="line", height=100)
    assert dict(matplotlib.rcParams) == before


def test_a_figure_inside_a_page_takes_the_colours_of_the_page(chart):
    svg = canvas.inline(chart)
    assert f"var({canvas.THEME[canvas.AFTER]})" in svg
    assert canvas.AFTER not in svg


def test_a_figure_inside_a_page_brings_no_header_and_no_style(chart):
    svg = canvas.inline(chart)
    assert svg.startswith('<svg role="img"')
    assert "<style" not in svg


def test_a_figure_inside_a_page_has_attributes_in_the_place_of_styles(chart):
    svg = canvas.inline(chart)
    assert "style=" not in svg
    line = f'stroke="var({canvas.THEME[canvas.AFTER]})"'
    assert line in svg


def test_a_figure_inside_a_page_is_described_in_words(chart):
    root = ET.fromstring(canvas.inline(chart))
    assert root.get("aria-label") == chart.caption


def test_a_sheet_has_pixels_for_units_from_the_top_left():
    limits = []

    def paint(figure):
        sheet = canvas.sheet(figure)
        limits.append((sheet.get_xlim(), sheet.get_ylim()))

    canvas.draw(paint, name="sheet", height=120)
    assert limits == [((0, 400), (120, 0))]
