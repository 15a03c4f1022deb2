"""The drawing board: one width, one palette, and SVG that is the same every time."""

import functools
import io
import re
import threading
import types
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import matplotlib
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import tables

#: Width of every figure in pixels: all of a telephone, half of a screen.
WIDTH = 400

# Chosen to stay apart for colour-blind readers; no figure relies on colour alone.
INK = "#1f2328"
MUTED = "#59636e"
GRID = "#d1d9e0"
PAPER = "#ffffff"
BEFORE = "#c2540a"
AFTER = "#0b6bb3"

#: Colour to the CSS variable that takes its place on a page, which may be dark.
THEME: Mapping[str, str] = types.MappingProxyType(
    {
        INK: "--ink",
        MUTED: "--muted",
        GRID: "--line",
        PAPER: "--card",
        BEFORE: "--before",
        AFTER: "--after",
    }
)

_STYLE: Mapping[Any, Any] = types.MappingProxyType(
    {
        "svg.fonttype": "none",  # text stays text: small, sharp, searchable
        "text.parse_math": False,  # a name with $ in it is a name
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans", "Helvetica", "Arial"],
        "font.size": 11,
        "text.color": INK,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.facecolor": "none",
        "axes.grid": True,
        "axes.axisbelow": True,
        "figure.facecolor": PAPER,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "hatch.linewidth": 0.7,
        "legend.frameon": False,
        "legend.fontsize": 11,
    }
)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A figure with all that is said about it."""

    #: File name without its ending.
    name: str
    title: str
    #: What it shows, in one sentence.
    caption: str
    #: The numbers that are drawn.
    table: tables.Table
    #: Draws on the empty figure that it is given.
    paint: Callable[[Figure], None]
    #: In pixels.
    height: float

    @functools.cached_property
    def svg(self) -> str:
        """A whole SVG file, on a light background; drawn when it is first asked for."""
        return draw(self.paint, name=self.name, height=self.height)


def draw(paint: Callable[[Figure], None], *, name: str, height: float) -> str:
    """The SVG of what ``paint`` draws; the same input gives the same text.

    Args:
        paint: Draws on the empty figure that it is given.
        name: Goes into every id, so that several figures fit into one page.
        height: In pixels.
    """
    style = matplotlib.rc_context({**_STYLE, "svg.hashsalt": name})
    with _ONE_AT_A_TIME, style, warnings.catch_warnings():
        # Text stays text, so it does not matter which letters the font that measures it has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
        paint(figure)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata=dict.fromkeys(_METADATA))
    return _GROUP_NAME.sub("<g>", text.getvalue())


def axes(figure: Figure, *, top: float, height: float, left: float, right: float) -> Axes:
    """Axes placed by their distance in pixels from the edges of the figure."""
    full = figure.get_figheight() * 72
    return figure.add_axes(
        (left / WIDTH, 1 - (top + height) / full, (WIDTH - left - right) / WIDTH, height / full)
    )


def sheet(figure: Figure) -> Axes:
    """The whole figure as a sheet with pixels for units, (0, 0) at the top left."""
    height = figure.get_figheight() * 72
    plain = axes(figure, top=0, height=height, left=0, right=0)
    plain.set(xlim=(0, WIDTH), ylim=(height, 0))
    plain.set_axis_off()
    return plain


def inline(chart: Chart) -> str:
    """The SVG for the inside of a page, as `on_page` makes it."""
    return on_page(chart.svg, caption=chart.caption)


def on_page(svg: str, *, caption: str) -> str:
    """A drawn SVG file for the inside of a page: with words for screen readers, in its colours.

    Styles become attributes, which also a page may have that allows no styles inside of it.
    """
    svg = _PAGE_STYLE.sub("", svg[svg.index("<svg") :])
    svg = _STYLE_ATTRIBUTE.sub(_attributes, svg)
    for colour, variable in THEME.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(caption)}" ', 1)


def _attributes(style: re.Match[str]) -> str:
    """``fill: none; stroke: red`` as two attributes; each is one in SVG, too."""
    pairs = (rule.partition(":") for rule in style[1].split(";") if rule.strip())
    return "".join(f' {name.strip()}="{value.strip()}"' for name, _, value in pairs)


#: The style is that of the whole process: two threads that draw would change it under each other.
_ONE_AT_A_TIME = threading.Lock()
#: What matplotlib would write about itself and the hour.
_METADATA = ("Creator", "Date", "Format", "Type")
#: Names such as ``axes_1`` would be there once for every figure of a page.
_GROUP_NAME = re.compile(r'<g id="[^"]*">')
#: Inside a page this style would be that of everything.
_PAGE_STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
_STYLE_ATTRIBUTE = re.compile(r' style="([^"]*)"')
