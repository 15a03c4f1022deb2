"""`netmend batch`: models times data times methods times budgets times seeds."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pydantic
import typer

from core import errors
from service.schemas import BatchCreate, BatchView

from ..client import Client
from . import (
    batches,
    grid_files,
    options,
    parsing,
    plans,
    progress,
    sending,
    server,
    submit,
    terminal,
    watch,
)
from .grid_files import Description
from .sending import Sender

File = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help="TOML or JSON: the fields of a batch, with files or ids."),
]
Models = Annotated[
    list[str] | None, typer.Option("--model", metavar="FILE|ID", help="A model; once for each.")
]
Images = Annotated[
    str | None, typer.Option(metavar="FILE|ID", help="Clean images that the repairs may use.")
]
Methods = Annotated[
    list[str] | None,
    typer.Option("--method", metavar="NAME", help="A method; once for each."),
]
Budgets = Annotated[
    list[float] | None,
    typer.Option(
        "--max-accuracy-drop",
        "--budget",
        parser=parsing.fraction,
        metavar="SHARE",
        help="Clean accuracy that a repair may cost, as 0.04 or 4%; once for each.",
    ),
]
Seeds = Annotated[
    list[int] | None,
    typer.Option("--seed", min=0, max=2**32 - 1, metavar="N", help="A seed; once for each."),
]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="What the batch is to be called.")]
Watch = Annotated[bool, typer.Option("--watch", help="Wait for the end, and show what came of it.")]


def batch(  # noqa: PLR0913 - an argument is an option
    file: File = None,
    *,
    model: Models = None,
    clean_validation: Images = None,
    unlabelled: submit.Unlabelled = None,
    clean_test: submit.Tests = None,
    poisoned_test: submit.Poisoned = None,
    method: Methods = None,
    settings: options.Settings = None,
    budget: Budgets = None,
    seed: Seeds = None,
    seeds: options.OtherSeeds = None,
    reactivation: options.OtherReactivation = None,
    traces: options.OtherTraces = None,
    goodnet_targets: options.GoodNetTargets = None,
    queue: options.OtherQueue = None,
    name: Name = None,
    dry_run: submit.DryRun = False,
    watch_it: Watch = False,
    timeout: watch.Timeout = None,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Submit a job for each model with each data, method, budget and seed; prints the batch's id.

    What options say takes the place of what the file says.

    \b
    netmend batch lab3.toml --dry-run
    netmend batch --model a.h5 --model b.h5 --clean-validation valid.h5 \\
        --method fine-pruning --method fine-tuning --seed 0 --seed 1 --watch
    """  # noqa: D301 - \b keeps the lines of the examples apart
    said = grid_files.read(file) if file else Description(others={})
    described = _changed(
        said,
        models=[sending.model(item) for item in model or ()],
        data=_data(clean_validation, clean_test, poisoned_test, unlabelled),
        others={
            "methods": _methods(method, settings),
            "max_accuracy_drops": budget,
            **{"seeds": seed, "n_seeds": seeds, "reactivation": reactivation, "traces": traces},
            "goodnet": _good_net(said, goodnet_targets),
            **{"queue": queue, "name": name},
        },
    )
    _check(described)
    with server.connected(url, token) as client:
        wanted = _wanted(client, described, quiet=quiet)
        if dry_run:
            return plans.tell(client.batches.plan(wanted), as_json=as_json)
        made = client.batches.submit(wanted)
        if watch_it:
            return batches.until_end(
                client, made.id, timeout_s=timeout, as_json=as_json, quiet=quiet
            )
    return _tell(made, as_json=as_json)


def _tell(made: BatchView, *, as_json: bool) -> int:
    if as_json:
        terminal.print_json(made.model_dump(mode="json"))
    else:
        terminal.print_lines([made.id])
    return 0


def _data(
    clean_validation: str | None,
    clean_test: str | None,
    poisoned_test: list[str] | None,
    unlabelled: str | None,
) -> list[sending.GivenData]:
    if clean_validation is None and (clean_test or poisoned_test or unlabelled):
        raise errors.InvalidParams(
            "data sets on the command line need --clean-validation beside them",
            field="clean_validation",
        )
    if clean_validation is None:
        return []
    return [sending.data(clean_validation, clean_test, poisoned_test or (), unlabelled=unlabelled)]


def _methods(names: list[str] | None, settings: list[str] | None) -> list[dict[str, Any]] | None:
    params = parsing.settings(settings)
    if params and not names:
        raise errors.InvalidParams("--set needs --method beside it", field="set")
    return [{"name": item, "params": params} for item in names] if names else None


def _good_net(described: Description, targets: list[int] | None) -> Any:
    """What the file says of the N+1 model, with other targets where some are named."""
    said = described.others.get("goodnet", {})
    if not targets or not isinstance(said, Mapping):
        return None
    return {**said, "targets": list(dict.fromkeys(targets))}


def _changed(
    described: Description, *, models: list[Any], data: list[Any], others: Mapping[str, Any]
) -> Description:
    said = {field: value for field, value in others.items() if value is not None}
    return replace(
        described,
        models=tuple(models) or described.models,
        data=tuple(data) or described.data,
        others={**described.others, **said},
    )


def _check(described: Description) -> None:
    """Refuse what cannot work before anything is sent."""
    for field, given in (("models", described.models), ("data", described.data)):
        if not given:
            raise errors.InvalidParams(
                f"there are no {field}", field=field,
                hint="name them in a file, or with --model and --clean-validation",
            )  # fmt: skip
    sending.check_readable(described.inputs)
    _validated([submit.NOBODY], [{"clean_validation": submit.NOBODY}], described.others)


def _wanted(client: Client, described: Description, *, quiet: bool) -> BatchCreate:
    """What to ask of the server, which has all that is needed for it now."""
    with progress.shown(quiet=quiet) as on_event:
        send = Sender(client, on_event)
        models = [send.model(item) for item in described.models]
        data = [send.data(item) for item in described.data]
    return _validated(models, data, described.others)


def _validated(models: list[str], data: list[Any], others: Mapping[str, Any]) -> BatchCreate:
    try:
        return BatchCreate.model_validate({**others, "models": models, "data": data})
    except pydantic.ValidationError as error:
        told = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise errors.InvalidParams("; ".join(told), field=str(error.errors()[0]["loc"])) from error
