"""`netmend retry`: a job that has ended, once more."""

from typing import Annotated, Any

import typer

from . import options, parsing, server, terminal
from .watch import JobId

Method = Annotated[
    str | None, typer.Option(metavar="NAME", help="Another method; it starts from its defaults.")
]
Seed = Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="Another seed.")]
Budgets = Annotated[
    list[float] | None,
    typer.Option(
        parser=parsing.fraction,
        metavar="SHARE",
        help="Another budget; once for each.",
    ),
]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="Another name.")]


def retry(  # noqa: PLR0913 - an argument is an option
    job_id: JobId,
    *,
    method: Method = None,
    settings: options.Settings = None,
    seed: Seed = None,
    seeds: options.OtherSeeds = None,
    max_accuracy_drop: Budgets = None,
    goodnet_targets: options.GoodNetTargets = None,
    reactivation: options.OtherReactivation = None,
    traces: options.OtherTraces = None,
    queue: options.OtherQueue = None,
    name: Name = None,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
) -> int:
    """Submit a job that has ended again, with changes; prints the id of the new job.

    \b
    netmend retry JOB
    netmend retry JOB --seed 2 --set epochs=40
    """  # noqa: D301 - \b keeps the lines of the examples apart
    changes: dict[str, Any] = {
        "method": method,
        "params": parsing.settings(settings) or None,
        "seed": seed,
        "n_seeds": seeds,
        "reactivation": reactivation,
        "traces": traces,
        "goodnet": {"targets": goodnet_targets} if goodnet_targets else None,
        "max_accuracy_drops": max_accuracy_drop or None,
        "queue": queue,
        "name": name,
    }
    overrides = {field: value for field, value in changes.items() if value is not None}
    with server.connected(url, token) as client:
        job = client.jobs.retry(job_id, overrides)
    if as_json:
        terminal.print_json(job.model_dump(mode="json"))
    else:
        terminal.print_lines([job.id])
    return 0
