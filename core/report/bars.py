"""The figure that answers *did it work?*: every figure before and after, as bars."""

import dataclasses

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .. import percentages
from ..results import Excess, Rate, RepairReport
from . import canvas, measures, tables, wording
from .measures import Group, Measure

_NAME = "before-after"

# Pixels.
_LEFT = 52
_PER_PERCENT = 2.1
_HEADING = 24
_TITLE = 18
_BAR = 16
_THICK = 10
_SCALE = 28


def chart(report: RepairReport) -> canvas.Chart:
    """Bars of all figures, with whiskers; what was not measured is hatched, never a zero bar."""
    shown = tuple(_shares(group) for group in measures.of_report(report))
    return canvas.Chart(
        name=_NAME,
        title="Before and after",
        caption=(
            "Every figure before and after the repair, with its 95 % interval and the number of "
            "images; a hatched bar was not measured."
        ),
        table=tables.of_measures(report),
        paint=lambda figure: _paint(figure, shown),
        height=_height(shown),
    )


def _shares(group: Group) -> Group:
    """Without the excess: it is the distance of two other bars, and may be below zero."""
    kept = tuple(measure for measure in group.measures if measure.name != measures.EXCESS)
    return dataclasses.replace(group, measures=kept)


def _height(groups: tuple[Group, ...]) -> float:
    n_measures = sum(len(group.measures) for group in groups)
    return len(groups) * _HEADING + n_measures * (_TITLE + 2 * _BAR) + _SCALE


def _paint(figure: Figure, groups: tuple[Group, ...]) -> None:
    sheet = canvas.sheet(figure)
    _scale(sheet, bottom=_height(groups) - _SCALE)
    top = 0.0
    for group in groups:
        top = _heading(sheet, group.name, top)
        for measure in group.measures:
            top = _pair(sheet, measure, top)


def _scale(sheet: Axes, *, bottom: float) -> None:
    for percent in (0, 25, 50, 75, 100):
        x = _LEFT + percent * _PER_PERCENT
        sheet.plot([x, x], [_HEADING, bottom + 6], color=canvas.GRID, linewidth=0.8, zorder=0)
        label = f"{percent} %" if percent == 100 else str(percent)
        sheet.text(x, bottom + 10, label, ha="center", va="top", color=canvas.MUTED, size=11)


def _heading(sheet: Axes, name: str, top: float) -> float:
    words = wording.shortened(name, 44)
    sheet.text(0, top + _HEADING - 6, words, weight="bold", size=13, backgroundcolor=canvas.PAPER)
    return top + _HEADING


def _pair(sheet: Axes, measure: Measure, top: float) -> float:
    sheet.text(0, top + _TITLE - 5, measure.name, size=12, backgroundcolor=canvas.PAPER)
    top += _TITLE
    _bar(sheet, measure.before, top, word="before", colour=canvas.BEFORE, opacity=0.35)
    _bar(sheet, measure.after, top + _BAR, word="after", colour=canvas.AFTER, opacity=1)
    return top + 2 * _BAR


def _bar(
    sheet: Axes, rate: Rate | Excess | None, top: float, *, word: str, colour: str, opacity: float
) -> None:
    middle = top + _BAR / 2
    sheet.text(_LEFT - 6, middle, word, ha="right", va="center_baseline", size=11)
    if rate is None:
        _hatched(sheet, middle)
        return
    width = rate.value * 100 * _PER_PERCENT
    sheet.barh(middle, width, _THICK, _LEFT, color=colour, alpha=opacity)
    sheet.barh(middle, width, _THICK, _LEFT, fill=False, edgecolor=colour)
    _whisker(sheet, rate, middle)
    _words(sheet, percentages.percent(rate.value), f"n {wording.count(rate.n)}", middle)


def _hatched(sheet: Axes, middle: float) -> None:
    sheet.barh(
        middle, 100 * _PER_PERCENT, _THICK, _LEFT,
        fill=False, edgecolor=canvas.MUTED, hatch="////", linewidth=0.7,
    )  # fmt: skip
    _words(sheet, wording.NOT_MEASURED, "", middle)


def _whisker(sheet: Axes, rate: Rate | Excess, middle: float) -> None:
    low, high = (_LEFT + end * 100 * _PER_PERCENT for end in rate.ci95)
    sheet.plot([low, high], [middle, middle], color=canvas.INK, linewidth=1.2)
    for end in (low, high):
        sheet.plot([end, end], [middle - 3, middle + 3], color=canvas.INK, linewidth=1.2)


def _words(sheet: Axes, value: str, n: str, middle: float) -> None:
    x = _LEFT + 100 * _PER_PERCENT + 8
    sheet.text(x, middle, value, va="center_baseline", size=11.5)
    sheet.text(
        canvas.WIDTH, middle, n, ha="right", va="center_baseline", size=11, color=canvas.MUTED
    )
