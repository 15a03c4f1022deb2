"""What is printed at the end: how often each fault hit, and what became of the jobs."""

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

from . import findings
from .runs import Outcome

#: Section of the table and row in it to value.
_Column = Mapping[tuple[int, str], float]

_MUST_BE_NONE = {
    "lost": "**lost**",
    "doubled": "**doubled**",
    "wrong": "**wrong**",
    "left": "**left non-terminal or behind**",
}
_MEDIAN, _LONGEST = "cancel to end: median s", "cancel to end: longest s"


def lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A Markdown table, a column a combination, and all of them together at the end."""
    columns = [_column(outcome) for outcome in outcomes]
    names = [outcome.combination.name for outcome in outcomes]
    yield f"| | {' | '.join(names)} | together |"
    yield "|---" * (len(names) + 2) + "|"
    for place in sorted({place for column in columns for place in column}):
        values = [column.get(place, 0) for column in columns]
        yield f"| {place[1]} | {' | '.join(map(_text, values))} | {_together(place[1], values)} |"


def n_findings(outcomes: Sequence[Outcome]) -> int:
    """How much there is that must not be."""
    return sum(len(outcome.verdict.findings) for outcome in outcomes)


def _column(outcome: Outcome) -> _Column:
    verdict, hits = outcome.verdict, outcome.hits
    found = Counter(finding.kind for finding in verdict.findings)
    sections: list[dict[str, float]] = [
        {"jobs": verdict.n_jobs},
        {"faults that hit": hits.total()},
        {f"· {name.replace('_', ' ')}": n for name, n in hits.items()},
        {"attempts": verdict.n_attempts},
        {f"· given back: {reason}": n for reason, n in verdict.reasons.items()},
        {f"ended: {end}": n for end, n in verdict.ends.items()},
        *({_MUST_BE_NONE[kind]: found[kind]} for kind in get_args(findings.Kind)),
        {_MEDIAN: _rounded(statistics.median(outcome.cancel_s or [0]))},
        {_LONGEST: _rounded(max(outcome.cancel_s, default=0))},
        {"seconds": round(outcome.seconds)},
    ]
    return {
        (number, row): value
        for number, section in enumerate(sections)
        for row, value in section.items()
    }


def _rounded(value: float) -> float:
    return round(value, 1)


def _together(row: str, values: Sequence[float]) -> str:
    if row == _MEDIAN:
        return ""
    return _text(max(values) if row == _LONGEST else sum(values))


def _text(value: float) -> str:
    return f"{value:g}"
