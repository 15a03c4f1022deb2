"""`netmend jobs`: the jobs of a server, or one of them."""

import itertools
from typing import Annotated, Any

import typer

from service.schemas import JobSort, JobSummary, JobView

from . import options, phrases, server, terminal

One = Annotated[str | None, typer.Argument(metavar="JOB", help="Show this one.")]
State = Annotated[
    list[str] | None,
    typer.Option(metavar="STATE", help="Only those in this state; once for each."),
]
Batch = Annotated[str | None, typer.Option(metavar="BATCH", help="Only those of this batch.")]
Sort = Annotated[
    JobSort,
    typer.Option(
        metavar="FIELD",
        help="By created_at, finished_at, clean_accuracy_after or attack_success_rate_after; "
        "with a minus, the largest or latest first.",
    ),
]
Trash = Annotated[bool, typer.Option("--trash", help="Show what lies in the trash instead.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="So many at most.")]


def jobs(  # noqa: PLR0913 - an argument is an option
    job_id: One = None,
    *,
    state: State = None,
    batch: Batch = None,
    sort: Sort = "-created_at",
    trash: Trash = False,
    limit: Limit = 50,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
) -> int:
    """List the jobs of a server, newest first if not asked otherwise, or show one.

    \b
    netmend jobs
    netmend jobs --state running --state queued
    netmend jobs --batch BATCH --sort attack_success_rate_after
    netmend jobs JOB --json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    with server.connected(url, token) as client:
        if job_id is not None:
            _show(client.jobs.get(job_id), as_json=as_json)
            return 0
        listing = client.jobs.list(
            kind="repair",
            state=tuple(state or ()),
            batch=batch,
            sort=sort,
            trash=trash or None,
            limit=min(limit, 200),
        )
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
    rows: list[tuple[str, object]] = [
        ("Job", job.id),
        ("Name", job.name),
        ("Method", job.method or ""),
        ("State", _state(job)),
        ("Position", _position(job)),
        ("Left", phrases.duration(job.progress.eta_seconds) if job.state == "running" else ""),
        ("Verdict", phrases.verdict(job.verdict)),
        ("Clean accuracy", phrases.change(job.clean_accuracy_before, job.clean_accuracy_after)),
        (
            "Attack success",
            phrases.change(job.attack_success_rate_before, job.attack_success_rate_after),
        ),
        ("Error", error.get("message", "")),
        ("Batch", job.batch_id or ""),
        ("Created", f"{job.created_at:%Y-%m-%d %H:%M:%S} UTC"),
    ]
    terminal.print_table(("", ""), [row for row in rows if str(row[1])])


def _row(job: JobSummary) -> tuple[Any, ...]:
    return (
        job.id,
        _state(job),
        phrases.verdict(job.verdict),
        phrases.change(job.clean_accuracy_before, job.clean_accuracy_after),
        phrases.change(job.attack_success_rate_before, job.attack_success_rate_after),
        job.name,
    )


def _state(job: JobSummary) -> str:
    stage = job.progress.stage
    if job.state != "running" or stage is None:
        return job.state
    if job.progress.total is None:
        return f"running: {stage}"
    return f"running: {stage} {job.progress.current} of {job.progress.total}"


def _position(job: JobView) -> str:
    if job.position is None:
        return ""
    return f"{job.position}; start: {phrases.duration(job.starts_in_seconds)}"
