"""The figure that answers *what would the N+1 model find?*: detection against false positives."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from .. import percentages
from ..results import GoodNetResult, RepairReport, RocCurve
from . import canvas, wording
from .tables import Table

_NAME = "roc-curves"
#: Of more poisoned sets the numbers are in the table.
_MOST_DRAWN = 6
#: The left edge; a threshold that flags no clean image is drawn there.
_LOWEST = 0.0005

# Pixels.
_LEFT, _RIGHT = 52, 22
_LEGEND = 66
_TITLE, _PLOT, _TICKS, _LABEL = 24, 130, 26, 18

_STYLES: Mapping[str, tuple[str, str]] = {
    "general": (canvas.BEFORE, "--"),
    "target-aware": (canvas.AFTER, "-"),
}


def chart(report: RepairReport) -> canvas.Chart | None:
    """A small plot for each poisoned set; ``None`` where nothing was measured."""
    curves = report.goodnet.curves
    if not curves:
        return None
    sets = _by_set(curves)
    return canvas.Chart(
        name=_NAME,
        title="Detection against false positives",
        caption=_caption(report.goodnet, len(sets)),
        table=_points(curves),
        paint=lambda figure: _paint(figure, sets, report.goodnet),
        height=_LEGEND + len(sets) * (_TITLE + _PLOT + _TICKS) + _LABEL,
    )


def of_curves(goodnet: GoodNetResult) -> Table:
    """Each curve in numbers."""
    return Table(
        caption="How well a score tells poisoned from clean test images, over all thresholds",
        columns=(
            "Poisoned set",
            "Score",
            "Area under the curve",
            "Detection at 1 % false positives",
        ),
        rows=tuple(
            (
                wording.printable(curve.name),
                curve.score,
                _area(curve),
                wording.rate_in_full(curve.detection_at_1_percent),
            )
            for curve in goodnet.curves
        ),
    )


def _by_set(curves: tuple[RocCurve, ...]) -> dict[str, list[RocCurve]]:
    sets: dict[str, list[RocCurve]] = {}
    for curve in curves:
        sets.setdefault(curve.name, []).append(curve)
    return dict(list(sets.items())[:_MOST_DRAWN])


def _caption(goodnet: GoodNetResult, n_drawn: int) -> str:
    n_sets = len({curve.name for curve in goodnet.curves})
    shown = "" if n_drawn == n_sets else f" (the first {n_drawn} of {n_sets} sets)"
    return (
        "Share of poisoned images that are flagged, against the share of clean test images, as the "
        f"threshold falls{shown}; the mark is the N+1 model, whose threshold was chosen on select "
        "images."
    )


def _area(curve: RocCurve) -> str:
    low, high = curve.area.ci95
    return f"{curve.area.value:.3f} (95 % interval {low:.3f} to {high:.3f})"


def _points(curves: tuple[RocCurve, ...]) -> Table:
    return Table(
        caption="Detection and false positives at some thresholds",
        columns=("Poisoned set", "Score", "Threshold", "False positives", "Detection"),
        rows=tuple(
            (
                wording.printable(curve.name),
                curve.score,
                "none" if point.threshold is None else f"{point.threshold:.4g}",
                percentages.percent(point.false_positive_rate),
                percentages.percent(point.detection_rate),
            )
            for curve in curves
            for point in curve.points
        ),
    )


def _paint(figure: Figure, sets: Mapping[str, list[RocCurve]], goodnet: GoodNetResult) -> None:
    top = _LEGEND
    for name, curves in sets.items():
        plot = canvas.axes(figure, top=top + _TITLE, height=_PLOT, left=_LEFT, right=_RIGHT)
        _chance(plot)
        for curve in curves:
            _curve(plot, curve)
        _mark(plot, goodnet, name)
        _finish(plot, title=wording.shortened(name, 44), is_last=name == list(sets)[-1])
        if top == _LEGEND:
            # Above the title of the first plot: there it covers no curve.
            plot.legend(
                loc="lower left", bbox_to_anchor=(-0.03, 1 + (_TITLE - 4) / _PLOT),
                borderpad=0, handlelength=2.6,
            )  # fmt: skip
        top += _TITLE + _PLOT + _TICKS


def _chance(plot: Axes) -> None:
    rates = [_LOWEST * (1 / _LOWEST) ** (step / 40) for step in range(41)]
    plot.plot(
        rates, [rate * 100 for rate in rates],
        ":", color=canvas.MUTED, linewidth=1.2, label="by chance",
    )  # fmt: skip


def _curve(plot: Axes, curve: RocCurve) -> None:
    colour, line = _STYLES[curve.score]
    plot.plot(
        [max(point.false_positive_rate, _LOWEST) for point in curve.points],
        [point.detection_rate * 100 for point in curve.points],
        line, color=colour, linewidth=2, drawstyle="steps-post", label=f"{curve.score} score",
    )  # fmt: skip


def _mark(plot: Axes, goodnet: GoodNetResult, name: str) -> None:
    false, found = goodnet.false_positive_rate, goodnet.detection_rate.get(name)
    if false is None or found is None:
        return
    plot.plot(
        max(false.value, _LOWEST), found.value * 100,
        "D", color=canvas.INK, markeredgecolor=canvas.PAPER, markersize=9, linestyle="none",
        label="the N+1 model", clip_on=False, zorder=5,
    )  # fmt: skip


def _finish(plot: Axes, *, title: str, is_last: bool) -> None:
    plot.set_title(title, loc="left", size=11)
    plot.set_xscale("log")
    plot.set_xlim(_LOWEST, 1)
    plot.set_ylim(-3, 103)
    plot.set_xticks([0.001, 0.01, 0.1, 1])
    plot.xaxis.set_minor_locator(NullLocator())
    plot.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share * 100:g} %"))
    plot.yaxis.set_major_formatter(FuncFormatter(lambda percent, _: f"{percent:g} %"))
    plot.set_yticks([0, 50, 100])
    plot.tick_params(length=3)
    if is_last:
        plot.set_xlabel("clean images flagged (false positives)")
