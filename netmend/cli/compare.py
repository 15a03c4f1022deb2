"""`netmend compare`: jobs beside each other."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from core import errors
from service.schemas import Comparison, Figure

from . import options, phrases, server, terminal

JobIds = Annotated[
    list[str],
    typer.Argument(metavar="JOB JOB...", help="Jobs; the others are compared with the first."),
]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print all figures as CSV.")]

#: What of a measure stands in the table; JSON and CSV have all.
_SHOWN = ("clean_accuracy", "attack_success_rate")
_NAMES = {"clean_accuracy": "Clean accuracy", "attack_success_rate": "Attack success"}


def compare(
    job_ids: JobIds,
    *,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
    as_csv: AsCsv = False,
) -> int:
    """Show what jobs measured after the repair, and what was asked of them otherwise.

    \b
    netmend compare JOB JOB
    netmend compare JOB JOB JOB --csv > jobs.csv
    """  # noqa: D301 - \b keeps the lines of the examples apart
    if len(set(job_ids)) < max(len(job_ids), 2):
        raise errors.InvalidParams("name two jobs or more, each once", field="job")
    with server.connected(url, token) as client:
        if as_csv:
            terminal.print_text(client.jobs.compare_csv(job_ids))
            return 0
        found = client.jobs.compare(job_ids)
    if as_json:
        terminal.print_json(found.model_dump(mode="json"))
    else:
        _tell(found)
    return 0


def _tell(found: Comparison) -> None:
    measures = [item for item in found.measures if item.phase == "after" and item.name in _SHOWN]
    headers = [f"{_NAMES[item.name]} {item.set_name}".rstrip() for item in measures]
    settings = [item.name for item in found.differences]
    rows = _rows(found, [item.figures for item in measures])
    terminal.print_table(("Job", "Verdict", "Budget", *settings, *headers), rows)
    for warning in found.warnings:
        terminal.say(f"Warning: {warning}", style="yellow")


def _rows(
    found: Comparison, figures: Sequence[Sequence[Figure | None]]
) -> Iterator[tuple[object, ...]]:
    """A row for each budget of a job; a job that measured nothing has one too."""
    for place, job in enumerate(found.jobs):
        runs = [number for number, run in enumerate(found.runs) if run.job_id == job.id]
        asked = [_setting(item.values[place]) for item in found.differences]
        for number in runs:
            budget = f"{found.runs[number].max_accuracy_drop:.1%}"
            cells = [_figure(item[number], is_baseline=number == 0) for item in figures]
            yield (job.name or job.id, phrases.verdict(job.verdict), budget, *asked, *cells)
        if not runs:
            yield (job.name or job.id, job.state, "", *asked, *("" for _ in figures))


def _setting(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _figure(figure: Figure | None, *, is_baseline: bool) -> str:
    if figure is None:
        return phrases.share(None)
    if is_baseline or figure.delta is None:
        return phrases.share(figure.value)
    return f"{phrases.share(figure.value)} ({phrases.points(figure.delta)})"
