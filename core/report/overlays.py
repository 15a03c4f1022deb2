"""Curves of several repairs in one figure: channels pruned, epochs trained."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .. import percentages
from . import canvas, wording
from .tables import Table

#: So many curves can be told apart by their dashes and marks, without their colours.
MOST = 8
#: Longer tables are thinned out, and say so.
MOST_ROWS = 120

_LEFT, _RIGHT = 52, 14
_LEGEND_TOP, _LEGEND_LINE, _PLOT, _BELOW = 8, 15, 190, 40
#: Of a curve; the plot is about as many pixels wide.
_MOST_POINTS = 320
_LONGEST_NAME = 48
#: A mark each time the curve has gone so far, as a share of the diagonal of its axes.
_BETWEEN_MARKS = 0.22
_COLOURS = (canvas.AFTER, canvas.BEFORE, canvas.INK, canvas.MUTED)
_DASHES = ("-", (0, (6, 2.5)), (0, (1.5, 2)), (0, (7, 2, 1.5, 2)))
_MARKS = "os^DvPX*"


#: Accuracy on select images, in [0, 1], by channels pruned or epochs, which grow.
Curve = tuple[tuple[int, float], ...]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One repair among those that are drawn together; an empty curve is one that it does not have.

    Equal runs have equal hashes, so that a drawing can be kept by them.
    """

    #: Stands before the name wherever the run is shown.
    number: int
    name: str
    pruning: Curve = ()
    training: Curve = ()


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """What one of the figures is about."""

    name: str
    title: str
    #: What its horizontal axis counts.
    along: str
    #: When the accuracy was measured.
    when: str
    drawstyle: str


_PRUNING = _Kind(
    name="pruning-curves",
    title="Pruning curves",
    along="channels pruned",
    when="as channels are silenced one after another, before fine-tuning",
    drawstyle="steps-post",  # between two channels there is nothing
)
_TRAINING = _Kind(
    name="training-curves",
    title="Training curves",
    along="epoch",
    when="after each epoch",
    drawstyle="default",
)


def pruning(runs: Sequence[Run]) -> canvas.Chart | None:
    """Accuracy over channels pruned of the runs that have such a curve; ``None`` if none has.

    Raises:
        ValueError: There are more than `MOST` runs.
    """
    return _chart(_PRUNING, runs, [run.pruning for run in runs])


def training(runs: Sequence[Run]) -> canvas.Chart | None:
    """Accuracy over epochs of the runs that have such a curve; ``None`` if none has.

    Raises:
        ValueError: There are more than `MOST` runs.
    """
    return _chart(_TRAINING, runs, [run.training for run in runs])


def _chart(kind: _Kind, runs: Sequence[Run], curves: Sequence[Curve]) -> canvas.Chart | None:
    if len(runs) > MOST:
        raise ValueError(f"{len(runs)} runs cannot be told apart in one figure, {MOST} can")
    drawn = [
        _Drawn(place, run, curve)
        for place, (run, curve) in enumerate(zip(runs, curves, strict=True))
        if curve
    ]
    if not drawn:
        return None
    missing = [_label(run) for run, curve in zip(runs, curves, strict=True) if not curve]
    return canvas.Chart(
        name=kind.name,
        title=kind.title,
        caption=" ".join(
            [
                f"Accuracy on select images {kind.when}.",
                _ends(drawn),
                *([f"No such curve: {', '.join(missing)}."] if missing else []),
            ]
        ),
        table=_table(kind, drawn),
        paint=lambda figure: _paint(figure, kind, drawn),
        height=_LEGEND_TOP + _LEGEND_LINE * len(drawn) + _PLOT + _BELOW,
    )


class _Drawn(NamedTuple):
    """A curve that is there; its place says how it looks."""

    place: int
    run: Run
    curve: Curve


def _ends(drawn: Sequence[_Drawn]) -> str:
    """Where the curves end, in words: the highest and the lowest."""
    high = max(drawn, key=lambda item: item.curve[-1][1])
    low = min(drawn, key=lambda item: item.curve[-1][1])
    highest, lowest = (percentages.percent(item.curve[-1][1]) for item in (high, low))
    if highest == lowest:
        return f"{'It ends' if len(drawn) == 1 else 'All end'} at {highest}."
    return (
        f"At its end, {_label(high.run)} is highest with {highest}, and {_label(low.run)} lowest "
        f"with {lowest}."
    )


def _label(run: Run) -> str:
    return f"{run.number} {wording.shortened(run.name, _LONGEST_NAME)}"


def _table(kind: _Kind, drawn: Sequence[_Drawn]) -> Table:
    curves = [dict(item.curve) for item in drawn]
    places = sorted({place for curve in curves for place in curve})
    shown = _thinned(places)
    some = "" if len(shown) == len(places) else f"; {len(shown)} of {len(places)} rows"
    return Table(
        caption=f"{kind.title}: select accuracy{some}",
        columns=(kind.along.capitalize(), *(_label(item.run) for item in drawn)),
        rows=tuple((str(place), *(_cell(curve.get(place)) for curve in curves)) for place in shown),
    )


def _cell(accuracy: float | None) -> str:
    return "" if accuracy is None else percentages.percent(accuracy)


def _thinned(places: Sequence[int]) -> Sequence[int]:
    """The first, the last, and evenly many between; all of them where they are few."""
    if len(places) <= MOST_ROWS:
        return places
    step = (len(places) - 1) / (MOST_ROWS - 1)
    return [places[round(number * step)] for number in range(MOST_ROWS)]


def _paint(figure: Figure, kind: _Kind, drawn: Sequence[_Drawn]) -> None:
    top = _LEGEND_TOP + _LEGEND_LINE * len(drawn)
    plot = canvas.axes(figure, top=top, height=_PLOT, left=_LEFT, right=_RIGHT)
    for item in drawn:
        points = _as_fine_as_seen(item.curve)
        plot.plot(
            [place for place, _ in points], [accuracy * 100 for _, accuracy in points],
            label=_label(item.run), drawstyle=kind.drawstyle, **_look(item.place),
        )  # fmt: skip
    plot.set_xlabel(kind.along)
    plot.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    plot.yaxis.set_major_locator(MaxNLocator(5))
    plot.yaxis.set_major_formatter(FuncFormatter(lambda percent, _: f"{percent:g} %"))
    plot.tick_params(length=3)
    _legend(plot)


def _as_fine_as_seen(curve: Curve) -> Curve:
    """Of points that would share a pixel or two, the lowest and the highest, and both ends."""
    width = math.ceil(2 * len(curve) / _MOST_POINTS)
    if width <= 2:
        return curve
    inner = (curve[start : start + width] for start in range(1, len(curve) - 1, width))
    kept = {extreme(part, key=lambda point: point[1]) for part in inner for extreme in (min, max)}
    return tuple(sorted({curve[0], *kept, curve[-1]}))


def _look(place: int) -> dict[str, Any]:
    """A colour, and dashes and a mark that tell the curve from the others without it."""
    lap, within = divmod(place, len(_COLOURS))
    return {
        "color": _COLOURS[within],
        "linestyle": _DASHES[(within + lap) % len(_DASHES)],
        "linewidth": 2.4 if place == 0 else 1.7,
        "marker": _MARKS[place],
        "markersize": 7,
        "markeredgecolor": canvas.PAPER,
        "markeredgewidth": 0.5,
        # Where curves lie on each other, their marks do not.
        "markevery": (_BETWEEN_MARKS * place / MOST, _BETWEEN_MARKS),
    }


def _legend(plot: Axes) -> None:
    plot.legend(
        loc="lower left", bbox_to_anchor=(-0.14, 1.0), borderpad=0, handlelength=4.2,
        labelspacing=0.28,
    )  # fmt: skip
