"""`netmend watch`: the progress of a job, and how it ends."""

from typing import Annotated

import typer

from core import errors
from core.results import Diagnosis, Event, RepairReport
from service.schemas import EventView, JobView

from ..client import Client
from . import options, progress, server, terminal

JobId = Annotated[str, typer.Argument(metavar="JOB", help="Id of the job.")]
Timeout = Annotated[
    float | None,
    typer.Option(min=0, metavar="SECONDS", help="Stop waiting then, with exit code 6."),
]


def watch(
    job_id: JobId,
    *,
    timeout: Timeout = None,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Wait for the end of a job, and tell how it ended; Ctrl-C does not end the job.

    \b
    netmend watch JOB
    netmend watch JOB --timeout 600 --json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    with server.connected(url, token) as client:
        job = until_end(client, job_id, timeout_s=timeout, quiet=quiet)
    return tell(job, as_json=as_json)


def until_end(client: Client, job_id: str, *, timeout_s: float | None, quiet: bool) -> JobView:
    """The job when it has ended, its progress shown meanwhile."""
    try:
        with progress.shown(quiet=quiet) as on_event:
            for event in client.jobs.events(job_id, timeout_s=timeout_s):
                on_event(as_event(event))
    except KeyboardInterrupt:
        note = f"job {job_id} goes on; 'netmend cancel {job_id}' ends it"
        terminal.print_progress(terminal.stderr(), note)
        raise
    return client.jobs.get(job_id)


def tell(job: JobView, *, as_json: bool) -> int:
    """Print how a job ended; the exit code is 1 where a gate was not met.

    Raises:
        ProjectError: The job failed; the class is that of the reason.
        Canceled: It was canceled.
    """
    if job.state == "failed":
        raise errors.from_json(job.error or {})
    if job.state == "canceled":
        raise errors.Canceled(f"job {job.id} was canceled")
    if as_json:
        terminal.print_json(job.model_dump(mode="json"))
    else:
        _print(job)
    return 0 if meets_its_gate(job) else 1


def meets_its_gate(job: JobView) -> bool:
    """Whether every report of a job is within the limits that were set for it, if any were."""
    gates = [report.get("gate") for report in (job.reports or {}).values()]
    return all(gate is None or gate["passed"] for gate in gates)


def as_event(event: EventView) -> Event:
    """What a server tells of a job, in the form that progress is shown in."""
    if event.type == "progress" and event.data.get("stage"):
        return Event.from_json(event.data)
    state = str(event.data.get("state", event.type))
    return Event(stage=state)


def _print(job: JobView) -> None:
    # Imported here because matplotlib, which comes with it, takes a second.
    from . import tables

    if job.kind == "diagnose":
        tables.print_diagnosis(Diagnosis.from_json(job.result or {}))
    else:
        found = (job.reports or {}).items()
        tables.print_reports({name: RepairReport.from_json(report) for name, report in found})
    terminal.say(f"Files: netmend download {job.id} -o FOLDER")
