"""How figures are told on the screen."""

import types
from collections.abc import Mapping
from typing import Any

from rich.text import Text

from core.results import Verdict

#: Colour of a verdict.
STYLES: Mapping[Verdict, str] = types.MappingProxyType(
    {
        "repaired": "bold green",
        "partial": "bold yellow",
        "not_repaired": "bold red",
        "inconclusive": "bold yellow",
        "unchanged": "bold cyan",
    }
)


def share(value: float | None) -> str:
    """A share in percent."""
    return "not measured" if value is None else f"{value:.1%}"


def change(before: float | None, after: float | None) -> str:
    """Two shares; nothing where neither was measured."""
    if before is None and after is None:
        return ""
    return f"{share(before)} → {share(after)}"


def points(delta: float) -> str:
    """A change of a share, in points."""
    return f"{100 * delta:+.1f}".replace("-", "−")


def verdict(name: Verdict | None) -> Text:
    """A verdict in its colour; nothing where there is none yet."""
    return Text("") if name is None else Text(name.replace("_", " "), style=STYLES[name])


def duration(seconds: float | None) -> str:
    """A time that is estimated, in words; nothing where it is not known."""
    if seconds is None:
        return "not known"
    for length, unit in ((3600, "h"), (60, "min")):
        if seconds >= length:
            return f"about {seconds / length:.1f} {unit}"
    return f"about {seconds:.0f} s"


def counts(numbers: Mapping[Any, int]) -> str:
    """What there is, and how many: ``3 succeeded, 1 failed``."""
    return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in numbers.items())
