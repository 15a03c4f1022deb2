"""The figures of the page: one point for each repair, so that no mean hides a failure."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from core import attacks
from core.report import canvas

from . import summaries
from .cells import Treatment
from .rows import Row
from .tables import STANDING

#: One shape for each attack: colour alone says nothing here.
_SHAPES = dict(zip(attacks.NAMES, "os^vDP*X<", strict=True))
_LINE, _TOP, _BOTTOM, _LEFT, _RIGHT = 26, 74, 46, 186, 16


def excess(rows: Sequence[Row]) -> str:
    """What is left of the attacks, method by method, as SVG; of repairs of poisoned nets only."""

    def paint(plot: Axes) -> None:
        plot.axvline(100 * STANDING, color=canvas.BEFORE, linestyle=(0, (5, 3)), linewidth=1.2)
        plot.set_xlabel("excess attack success, points")
        plot.set_xlim(-5, 105)

    return _strip("excess", rows, lambda row: summaries.excess(row) or 0.0, paint)


def drop(rows: Sequence[Row]) -> str:
    """What the repairs cost, method by method, as SVG; benign nets as well."""

    def paint(plot: Axes) -> None:
        plot.axvline(4, color=canvas.BEFORE, linestyle=(0, (5, 3)), linewidth=1.2)
        plot.set_xlabel("clean accuracy lost, points")

    return _strip("drop", rows, lambda row: row.drop, paint)


def _strip(
    name: str, rows: Sequence[Row], value: Callable[[Row], float], paint: Callable[[Axes], None]
) -> str:
    """One line for each method, one point for each repair, a bar at the median."""
    methods = list(dict.fromkeys(row.cell.treatment.name for row in rows))
    height = _TOP + _LINE * len(methods) + _BOTTOM

    def draw(figure: Figure) -> None:
        plot = canvas.axes(figure, top=_TOP, height=_LINE * len(methods), left=_LEFT, right=_RIGHT)
        for line, method in enumerate(methods):
            own = [row for row in rows if row.cell.treatment.name == method]
            _points(plot, line, own, value)
        plot.set_yticks(range(len(methods)), [_label(method) for method in methods])
        plot.set_ylim(len(methods) - 0.5, -0.5)
        plot.tick_params(length=0)
        paint(plot)
        _legend(plot, rows)

    return canvas.draw(draw, name=f"benchmark-{name}", height=height)


def _label(treatment: str) -> str:
    """``fine-tuning (0.03, sgd)``: the table beside the figure names the parameters.

    What is merely switched on is named here as well: ``auto (assume backdoor)``.
    """
    parsed = Treatment.parse(treatment)
    told = [
        key.replace("_", " ") if value == "true" else value for key, value in parsed.params.items()
    ]
    return f"{parsed.method} ({', '.join(told)})" if told else parsed.method


def _points(plot: Axes, line: int, rows: Sequence[Row], value: Callable[[Row], float]) -> None:
    middle = 100 * float(np.median([value(row) for row in rows]))
    plot.plot([middle, middle], [line - 0.38, line + 0.38], color=canvas.INK, linewidth=2)
    for place, row in enumerate(rows):
        height = line + 0.28 * np.sin(2.4 * place)  # apart, without chance
        plot.plot(
            100 * value(row), height, _SHAPES[row.cell.net.attack],
            color=canvas.AFTER, markersize=4.5, markeredgewidth=0, alpha=0.75, clip_on=False,
        )  # fmt: skip


def _legend(plot: Axes, rows: Sequence[Row]) -> None:
    present = {row.cell.net.attack for row in rows}
    for attack, shape in _SHAPES.items():
        if attack in present:
            plot.plot([], [], shape, color=canvas.AFTER, markersize=5, label=attack)
    plot.legend(
        loc="lower right", bbox_to_anchor=(1.02, 1.0), ncols=3, borderpad=0, fontsize=9,
        handletextpad=0.1, columnspacing=0.8,
    )  # fmt: skip
