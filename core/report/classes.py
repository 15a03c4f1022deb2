"""The figure that answers *who paid?*: the change of accuracy, class by class."""

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .. import percentages, summaries
from ..results import ClassSummary, RepairReport
from . import canvas, measures, tables, wording
from .measures import ClassChange

FloatArray = npt.NDArray[np.float64]

_NAME = "per-class-change"

#: Up to so many classes each has a line of its own.
_EACH_SHOWN = 40
#: Of more classes, so many of the largest losses are shown, and a histogram of all.
_LARGEST_LOSSES = 20

# Pixels.
_LEFT, _RIGHT = 74, 62
_ROW = 15
_AXIS = 44
_GAP = 40
_HISTOGRAM = 120


def chart(report: RepairReport) -> canvas.Chart | None:
    """Change of accuracy by class, largest loss first; ``None`` where it was not measured."""
    changes = measures.class_changes(report.before, report.after)
    summary = summaries.of_classes(report.before, report.after)
    if not changes or summary is None:
        return None
    return canvas.Chart(
        name=_NAME,
        title="Change of each class",
        caption=_caption(changes, summary),
        table=tables.of_classes(changes),
        paint=lambda figure: _paint(figure, changes),
        height=_height(changes),
    )


def _caption(changes: tuple[ClassChange, ...], summary: ClassSummary) -> str:
    lost = sum(change.value < 0 for change in changes)
    gained = sum(change.value > 0 for change in changes)
    shown = (
        "" if len(changes) <= _EACH_SHOWN else f" (the {_LARGEST_LOSSES} largest losses, and all)"
    )
    return (
        f"Change of accuracy by class on clean test images{shown}: of {len(changes):,} classes "
        f"{lost:,} lost and {gained:,} gained; {summary.n_lost:,} fell to 0 %; the worst tenth had "
        f"{percentages.percent(summary.worst_tenth_before)} "
        f"and has {percentages.percent(summary.worst_tenth_after)}."
    )


def _drawn(changes: tuple[ClassChange, ...]) -> tuple[ClassChange, ...]:
    return changes if len(changes) <= _EACH_SHOWN else changes[:_LARGEST_LOSSES]


def _height(changes: tuple[ClassChange, ...]) -> float:
    rows = len(_drawn(changes)) * _ROW + 10 + _AXIS
    return rows if len(changes) <= _EACH_SHOWN else rows + _GAP + _HISTOGRAM + _AXIS


def _paint(figure: Figure, changes: tuple[ClassChange, ...]) -> None:
    drawn = _drawn(changes)
    _lollipops(figure, drawn)
    if len(drawn) < len(changes):
        _histogram(figure, changes, top=len(drawn) * _ROW + 10 + _AXIS + _GAP)


def _lollipops(figure: Figure, changes: tuple[ClassChange, ...]) -> None:
    plot = canvas.axes(figure, top=10, height=len(changes) * _ROW, left=_LEFT, right=_RIGHT)
    values = np.array([change.value * 100 for change in changes])
    rows = np.arange(len(changes))
    # Marker and side of the zero line say what the colour says.
    for kind, marker, colour in (
        (values < 0, "<", canvas.BEFORE),
        (values > 0, ">", canvas.AFTER),
        (values == 0, "o", canvas.MUTED),
    ):
        plot.hlines(rows[kind], 0, values[kind], color=colour, linewidth=2)
        plot.scatter(values[kind], rows[kind], s=34, marker=marker, color=colour, zorder=3)
    plot.set_yticks(rows, [wording.shortened(f"class {change.label}", 11) for change in changes])
    plot.set_ylim(len(changes) - 0.5, -0.5)
    _values(plot, changes)
    _points_axis(plot, values)


def _values(plot: Axes, changes: tuple[ClassChange, ...]) -> None:
    for row, change in enumerate(changes):
        text = percentages.points(change.value).removesuffix(" points").replace("no change", "0")
        plot.text(
            1 + _RIGHT / (canvas.WIDTH - _LEFT - _RIGHT), row, text,
            transform=plot.get_yaxis_transform(), ha="right", va="center_baseline", size=10,
        )  # fmt: skip


def _histogram(figure: Figure, changes: tuple[ClassChange, ...], *, top: float) -> None:
    plot = canvas.axes(figure, top=top, height=_HISTOGRAM, left=_LEFT, right=_RIGHT)
    values = np.array([change.value * 100 for change in changes])
    counts, edges = np.histogram(values, bins=_bins(values))
    plot.bar(edges[:-1], counts, np.diff(edges) * 0.9, align="edge", color=canvas.AFTER)
    plot.set_title(f"all {len(changes):,} classes", loc="left", size=11)
    plot.set_ylabel("classes")
    plot.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    _points_axis(plot, values)


def _bins(values: FloatArray) -> FloatArray:
    """Edges of bins of equal width, one of them centred on no change."""
    furthest = max(float(np.abs(values).max()), 1.0)
    width = furthest / 10
    return (np.arange(-10.5, 11.5) * width).astype(np.float64)


def _points_axis(plot: Axes, values: FloatArray) -> None:
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    margin = 0.08 * max(high - low, 1.0)
    plot.axvline(0, color=canvas.MUTED, linewidth=1)
    plot.set_xlim(low - margin, high + margin)
    plot.xaxis.set_major_locator(MaxNLocator(5))
    plot.set_xlabel("change in percentage points")
    plot.tick_params(length=3)
