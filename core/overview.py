"""What a data set looks like: figures, and the names of the sheets that show some of its images."""

from dataclasses import dataclass

from .results import Value

#: How many pictures the sheets show; each is a square of squares.
SHEET_SIZES = (1, 4, 9, 16)
STATS = "stats.json"


@dataclass(frozen=True, kw_only=True)
class ShownImage(Value):
    """A picture of the sheets."""

    #: Its place in the data set, from 0.
    index: int
    label: int


@dataclass(frozen=True, kw_only=True)
class DatasetStats(Value):
    """Figures of a data set. ``None`` is *not measured*."""

    n: int
    #: Smallest and largest pixel value.
    value_range: tuple[float, float]
    #: Pixels that are NaN or infinite; a set that has any is refused.
    n_not_finite: int = 0
    #: Label, as text, to number of images; empty beyond 10,000 classes.
    class_counts: dict[str, int]
    #: Images whose pixels occur earlier in the set; ``None`` for more than a million images.
    n_duplicates: int | None
    #: The pictures of the largest sheet, row by row; smaller ones show the first of them.
    shown: tuple[ShownImage, ...]


def sheet_name(n: int) -> str:
    """Name of the smallest sheet with so many pictures, or of the largest there is."""
    size = next((size for size in SHEET_SIZES if size >= n), SHEET_SIZES[-1])
    return f"preview-{size}.png"
