"""`netmend download`: the files that a job made."""

from pathlib import Path

from core import errors, output
from core.results import Event
from service.schemas import ArtifactView

from ..client import Client
from . import options, progress, server, terminal
from .progress import OnEvent
from .watch import JobId


def download(
    job_id: JobId,
    *,
    output_folder: options.Output,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Download all files of a job, each checked by its SHA-256.

    The folder appears whole or not at all.

    \b
    netmend download JOB -o repaired
    """  # noqa: D301 - \b keeps the lines of the examples apart
    output.check_absent(output_folder)
    with server.connected(url, token) as client, progress.shown(quiet=quiet) as on_event:
        found = into(client, job_id, output_folder, on_event=on_event)
    if as_json:
        terminal.print_json([item.model_dump(mode="json") for item in found])
    else:
        terminal.say(f"{len(found)} files: {output_folder}")
    return 0


def into(client: Client, job_id: str, folder: Path, *, on_event: OnEvent) -> list[ArtifactView]:
    """All files of a job in a new folder.

    Raises:
        InvalidInput: The job has made none.
    """
    found = list(client.jobs.artifacts(job_id))
    if not found:
        state = client.jobs.get(job_id).state
        raise errors.InvalidInput(f"job {job_id} is {state} and has no files", received=state)
    with output.staged(folder.absolute()) as partial:
        for number, artifact in enumerate(found, start=1):
            on_event(Event(stage="download", current=number, total=len(found)))
            client.jobs.download(job_id, artifact, partial)
    return found
