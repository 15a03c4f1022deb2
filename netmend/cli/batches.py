"""`netmend batches`: the batches of a server, or one of them."""

import itertools
from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from core import errors
from core.results import Event
from service.schemas import BatchSummary, BatchView, Matrix, MatrixCell

from ..client import Client
from . import options, phrases, progress, server, terminal, watch

One = Annotated[str | None, typer.Argument(metavar="BATCH", help="Show this one.")]
Cancel = Annotated[bool, typer.Option("--cancel", help="End all jobs of it.")]
RetryFailed = Annotated[
    bool, typer.Option("--retry-failed", help="Do those of its jobs again that failed.")
]
Watch = Annotated[bool, typer.Option("--watch", help="Wait for the end of all its jobs.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print the results as CSV.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="So many at most.")]


def batches(  # noqa: PLR0913 - an argument is an option
    batch_id: One = None,
    *,
    cancel: Cancel = False,
    retry_failed: RetryFailed = False,
    watch_it: Watch = False,
    timeout: watch.Timeout = None,
    as_csv: AsCsv = False,
    limit: Limit = 50,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """List the batches of a server, newest first, or show one and what came of it.

    \b
    netmend batches
    netmend batches BATCH --watch
    netmend batches BATCH --retry-failed --watch
    """  # noqa: D301 - \b keeps the lines of the examples apart
    if batch_id is None and (cancel or retry_failed or watch_it or as_csv):
        raise errors.InvalidParams("name the batch that is meant", field="batch")
    with server.connected(url, token) as client:
        if batch_id is None:
            return _list(client, limit, as_json=as_json)
        if cancel:
            client.batches.cancel(batch_id)
        if retry_failed:
            client.batches.retry_failed(batch_id)
        if as_csv:
            terminal.print_text(client.batches.results_csv(batch_id))
            return 0
        if watch_it:
            return until_end(client, batch_id, timeout_s=timeout, as_json=as_json, quiet=quiet)
        _show(client, client.batches.get(batch_id), as_json=as_json)
    return 0


def until_end(
    client: Client, batch_id: str, *, timeout_s: float | None, as_json: bool, quiet: bool
) -> int:
    """Wait for the end of all jobs of a batch and show what came of it.

    Returns:
        Exit code: 3 if a job failed, 5 if none did but some were canceled, 1 if a gate of one was
        not met, else 0.
    """
    try:
        with progress.shown(quiet=quiet) as on_event:
            ended = client.batches.wait(batch_id, timeout_s=timeout_s, on_batch=_telling(on_event))
    except KeyboardInterrupt:
        note = f"batch {batch_id} goes on; 'netmend batches {batch_id} --cancel' ends it"
        terminal.print_progress(terminal.stderr(), note)
        raise
    _show(client, ended, as_json=as_json)
    return _exit_code(client, ended)


def _list(client: Client, limit: int, *, as_json: bool) -> int:
    found = list(itertools.islice(client.batches.list(), limit))
    if as_json:
        terminal.print_json([item.model_dump(mode="json") for item in found])
        return 0
    rows = ((item.id, item.n_jobs, *_counts(item), item.name) for item in found)
    terminal.print_table(("Batch", "Jobs", "States", "Verdicts", "Name"), rows)
    return 0


def _counts(found: BatchSummary) -> tuple[str, str]:
    return phrases.counts(found.states), phrases.counts(found.verdicts)


def _show(client: Client, found: BatchView, *, as_json: bool) -> None:
    matrix = client.batches.results(found.id)
    if as_json:
        told = {**found.model_dump(mode="json"), "results": matrix.model_dump(mode="json")}
        terminal.print_json(told)
        return
    facts = [
        ("Batch", found.id),
        ("Name", found.name),
        ("States", phrases.counts(found.states)),
        ("Verdicts", phrases.counts(found.verdicts)),
        ("Tried again", found.n_replaced or ""),
        ("Left", phrases.duration(found.eta_seconds) if found.n_open else ""),
    ]
    terminal.print_table(("", ""), [row for row in facts if row[1] != ""])
    headers = ("Model", "Data", "Method, budget, seed", "Verdict", "Clean accuracy")
    terminal.print_table((*headers, "Attack success"), _rows(matrix))
    for best in found.best:
        terminal.say(f"Best of {best.model}: {best.job_id}")


def _rows(matrix: Matrix) -> Iterator[tuple[object, ...]]:
    """A row for each job: a matrix of many columns would not fit onto a screen."""
    for row, cells in zip(matrix.rows, matrix.cells, strict=True):
        for column, cell in zip(matrix.columns, cells, strict=True):
            yield (row.model, row.data, column.label, *_told(cell))


def _told(cell: MatrixCell | None) -> tuple[object, ...]:
    if cell is None:
        return ("deleted", "", "")
    if cell.verdict is None:
        return (f"{cell.state}: {cell.error}" if cell.error else cell.state, "", "")
    return (
        phrases.verdict(cell.verdict),
        phrases.change(cell.clean_accuracy_before, cell.clean_accuracy_after),
        phrases.change(cell.attack_success_rate_before, cell.attack_success_rate_after),
    )


def _telling(on_event: progress.OnEvent) -> Callable[[BatchView], None]:
    """A listener that tells of a batch when its counts have changed."""
    told: list[Event] = []

    def tell(found: BatchView) -> None:
        event = _event(found)
        if told[-1:] != [event]:
            told.append(event)
            on_event(event)

    return tell


def _event(found: BatchView) -> Event:
    n_current = sum(found.states.values())
    return Event(
        stage="jobs",
        current=n_current - found.n_open,
        total=n_current,
        message=phrases.counts(found.states),
    )


def _exit_code(client: Client, ended: BatchView) -> int:
    if ended.states.get("failed"):
        return _FAILED
    if ended.states.get("canceled"):
        return _CANCELED
    if ended.request.get("gate") is None:
        return 0
    done = client.jobs.list(batch=ended.id, state=("succeeded",))
    return 0 if all(watch.meets_its_gate(client.jobs.get(job.id)) for job in done) else 1


_FAILED, _CANCELED = 3, 5
