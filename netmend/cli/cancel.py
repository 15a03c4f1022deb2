"""`netmend cancel`: the end of a job, before it is done."""

from . import options, server, terminal
from .watch import JobId


def cancel(
    job_id: JobId,
    *,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
) -> int:
    """End a job that waits or runs.

    \b
    netmend cancel JOB
    """  # noqa: D301 - \b keeps the lines of the examples apart
    with server.connected(url, token) as client:
        job = client.jobs.cancel(job_id)
    if as_json:
        terminal.print_json(job.model_dump(mode="json"))
    else:
        terminal.say(f"{job.id} is {job.state}")
    return 0
