import xml.etree.ElementTree as ET

import pytest

from core.report import canvas, overlays
from core.report.overlays import Run

_PRUNING = ((0, 0.95), (1, 0.9), (4, 0.7))


def _words(chart):
    return " ".join(text.strip() for text in ET.fromstring(chart.svg).itertext())


def _runs(n):
    return [
        Run(number=k + 1, name=f"run {k}", training=((0, 0.5), (1, 0.6 + k / 100)))
        for k in range(n)
    ]


def test_every_run_is_in_the_legend_with_its_number():
    words = _words(overlays.training(_runs(3)))
    assert all(f"{k} run {k - 1}" in words for k in (1, 2, 3))


def test_a_run_without_such_a_curve_is_named_and_not_drawn():
    runs = [Run(number=1, name="a", pruning=_PRUNING), Run(number=2, name="b")]
    chart = overlays.pruning(runs)
    assert chart.caption.endswith("No such curve: 2 b.")
    assert "2 b" not in _words(chart)
    assert chart.table.columns == ("Channels pruned", "1 a")


def test_without_any_such_curve_there_is_no_figure():
    assert overlays.pruning(_runs(2)) is None


def test_the_sentence_says_where_the_curves_end():
    caption = overlays.training(_runs(2)).caption
    assert "2 run 1 is highest with 61.0 %" in caption
    assert "1 run 0 lowest with 60.0 %" in caption


@pytest.mark.parametrize(("n", "words"), [(1, "It ends at 60.0 %."), (2, "All end at 60.0 %.")])
def test_curves_that_end_alike_are_not_ranked(n, words):
    runs = [Run(number=k, name="same", training=((3, 0.6),)) for k in range(n)]
    assert words in overlays.training(runs).caption


def test_where_a_run_has_no_point_its_cell_is_empty():
    runs = [
        Run(number=1, name="a", training=((1, 0.5), (2, 0.6))),
        Run(number=2, name="b", training=((1, 0.0),)),
    ]
    assert overlays.training(runs).table.rows == (("1", "50.0 %", "0.0 %"), ("2", "60.0 %", ""))


def test_a_long_table_is_thinned_out_and_says_so():
    chart = overlays.pruning(
        [Run(number=1, name="a", pruning=tuple((k, 0.5) for k in range(1000)))]
    )
    assert len(chart.table.rows) == overlays.MOST_ROWS
    assert (chart.table.rows[0][0], chart.table.rows[-1][0]) == ("0", "999")
    assert chart.table.caption.endswith("120 of 1000 rows")


def test_no_two_curves_have_the_same_dashes_and_mark_or_the_same_dashes_and_colour():
    looks = [overlays._look(place) for place in range(overlays.MOST)]
    assert len({look["marker"] for look in looks}) == overlays.MOST
    assert len({(look["linestyle"], look["color"]) for look in looks}) == overlays.MOST


def test_more_runs_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="9 runs cannot be told apart"):
        overlays.training(_runs(9))


def test_a_name_that_looks_like_a_formula_or_markup_stays_a_name():
    chart = overlays.training([Run(number=1, name="$x$ <b>", training=((0, 0.5),))])
    assert "1 $x$ <b>" in _words(chart)
    assert "<b>" not in canvas.inline(chart)


def test_a_curve_of_thousands_of_channels_is_drawn_no_finer_than_is_seen():
    curve = tuple((k, 0.9 - (k * 7919 % 1000) / 2000) for k in range(4000))
    drawn = overlays._as_fine_as_seen(curve)
    assert len(drawn) <= 322
    assert (drawn[0], drawn[-1]) == (curve[0], curve[-1])


def test_a_dip_of_one_channel_is_still_drawn():
    curve = tuple((k, 0.1 if k == 1234 else 0.9) for k in range(4000))
    assert (1234, 0.1) in overlays._as_fine_as_seen(curve)
