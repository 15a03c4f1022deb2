"""How many images each class has, as bars in SVG that a template draws."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Up to so many classes each has a bar; of more, bars tell how many classes have how many images.
_EACH_SHOWN = 60
WIDTH, HEIGHT = 640, 160
_GAP = 2


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar, in the units of the drawing, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Bars, and the same as a sentence and a table."""

    sentence: str
    #: What a bar is; what its height is.
    columns: tuple[str, str]
    rows: Sequence[tuple[int, int]]
    bars: Sequence[Bar]
    highest: int


def of_classes(counts: Mapping[str, int]) -> Histogram | None:
    """Bars for label to number of images; ``None`` where that is not known."""
    if not counts:
        return None
    by_label = sorted((int(label), n_images) for label, n_images in counts.items())
    if len(by_label) <= _EACH_SHOWN:
        columns, rows = ("Class", "Images"), by_label
    else:
        columns = ("Images of a class", "Classes")
        rows = sorted(Counter(n_images for _, n_images in by_label).items())
    return Histogram(
        sentence=_sentence([n_images for _, n_images in by_label]),
        columns=columns,
        rows=rows,
        bars=_bars(rows, columns),
        highest=max(height for _, height in rows),
    )


def _sentence(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    if len(counts) == 1:
        return f"All {high:,} images are of one class."
    if low == high:
        return f"{len(counts):,} classes, each with {high:,} images."
    return f"{len(counts):,} classes, with {low:,} to {high:,} images each."


def _bars(rows: Sequence[tuple[int, int]], columns: tuple[str, str]) -> list[Bar]:
    step, highest = WIDTH / len(rows), max(height for _, height in rows)
    return [
        Bar(
            x=round(place * step + _GAP / 2, 2),
            y=round(HEIGHT - height / highest * HEIGHT, 2),
            width=round(max(step - _GAP, 1), 2),
            height=round(height / highest * HEIGHT, 2),
            words=f"{columns[0]} {value}: {height:,} {columns[1].lower()}",
        )
        for place, (value, height) in enumerate(rows)
    ]
