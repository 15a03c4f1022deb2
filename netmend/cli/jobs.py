"""`netmend jobs`: the jobs of a server, or one of them."""

import itertools
from typing import Annotated, Any

import typer

from service.schemas import JobSummary, JobView

from . import options, server, terminal

One = Annotated[str | None, typer.Argument(metavar="[JOB]", help="Show this one.")]
State = Annotated[
    list[str] | None,
    typer.Option(metavar="STATE", help="Only those in this state; once for each."),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="So many at most.")]


def jobs(
    job_id: One = None,
    *,
    state: State = None,
    limit: Limit = 50,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
) -> int:
    """List the jobs of a server, newest first, or show one.

    \b
    netmend jobs
    netmend jobs --state running --state queued
    netmend jobs JOB --json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    with server.connected(url, token) as client:
        if job_id is not None:
            _show(client.jobs.get(job_id), as_json=as_json)
            return 0
        listing = client.jobs.list(kind="repair", state=tuple(state or ()), limit=min(limit, 50))
        found = list(itertools.islice(listing, limit))
    if as_json:
        terminal.print_json([job.model_dump(mode="json") for job in found])
    else:
        columns = ("Job", "State", "Verdict", "Clean accuracy", "Attack success", "Name")
        terminal.print_table(columns, (_row(job) for job in found))
    return 0


def _show(job: JobView, *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(job.model_dump(mode="json"))
        return
    error = job.error or {}
    rows = [
        ("Job", job.id),
        ("Name", job.name),
        ("Method", job.method or ""),
        ("State", _state(job)),
        ("Position", "" if job.position is None else job.position),
        ("Verdict", job.verdict or ""),
        ("Clean accuracy", _change(job.clean_accuracy_before, job.clean_accuracy_after)),
        (
            "Attack success",
            _change(job.attack_success_rate_before, job.attack_success_rate_after),
        ),
        ("Error", error.get("message", "")),
        ("Created", f"{job.created_at:%Y-%m-%d %H:%M:%S} UTC"),
    ]
    terminal.print_table(("", ""), [row for row in rows if row[1] != ""])


def _row(job: JobSummary) -> tuple[Any, ...]:
    return (
        job.id,
        _state(job),
        job.verdict or "",
        _change(job.clean_accuracy_before, job.clean_accuracy_after),
        _change(job.attack_success_rate_before, job.attack_success_rate_after),
        job.name,
    )


def _state(job: JobSummary) -> str:
    stage = job.progress.stage
    if job.state != "running" or stage is None:
        return job.state
    if job.progress.total is None:
        return f"running: {stage}"
    return f"running: {stage} {job.progress.current} of {job.progress.total}"


def _change(before: float | None, after: float | None) -> str:
    if before is None and after is None:
        return ""
    return f"{_percent(before)} → {_percent(after)}"


def _percent(share: float | None) -> str:
    return "not measured" if share is None else f"{share:.1%}"
