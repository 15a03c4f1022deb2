"""`netmend submit`: a repair for a server to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pydantic
import typer

from core import catalogue, errors, output
from core.requests import GoodNetOptions, RepairOptions
from service.schemas import JobCreate, JobView, Priority

from ..client import Client
from . import download, options, parsing, plans, progress, sending, server, terminal, watch
from .sending import Given, GivenData, Sender

_BUDGETS = list(RepairOptions.max_accuracy_drops)

Model = Annotated[str, typer.Argument(metavar="MODEL", help="A file, or the id of a model.")]
Images = Annotated[
    str, typer.Option(metavar="FILE|ID", help="Clean images that the repair may use.")
]
Tests = Annotated[str | None, typer.Option(metavar="FILE|ID", help="Clean images to measure on.")]
Poisoned = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE|ID", help="Images with a trigger; once for each trigger."),
]
Name = Annotated[str, typer.Option(metavar="NAME", help="What the job is to be called.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Once for each.")]
Urgency = Annotated[Priority, typer.Option(help="Whom it goes before.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for the end, as 'netmend watch' does.")]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Upload the files, tell what would be done, and stop."),
]
Downloaded = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FOLDER", help="Wait, and download the files into this folder."
    ),
]


def submit(  # noqa: PLR0913 - an argument is an option
    model: Model,
    *,
    clean_validation: Images,
    clean_test: Tests = None,
    poisoned_test: Poisoned = None,
    method: options.Method = catalogue.DEFAULT_METHOD,
    settings: options.Settings = None,
    max_accuracy_drop: options.MaxAccuracyDrops = _BUDGETS,
    seed: options.Seed = RepairOptions.seed,
    preprocessing: options.Preprocessing = RepairOptions.preprocessing,
    layout: options.Layout = "auto",
    classes: options.Classes = None,
    poisoned_labels: options.PoisonedLabelsMean = None,
    target_label: options.TargetLabel = None,
    architecture: options.BuiltInArchitecture = None,
    goodnet_rule: options.Rule = GoodNetOptions.rule,
    goodnet_fpr: options.FalsePositiveRate = GoodNetOptions.false_positive_rate,
    gate_asr: options.GateAttackSuccess = None,
    gate_drop: options.GateDrop = None,
    name: Name = "",
    tags: Tags = None,
    priority: Urgency = "normal",
    dry_run: DryRun = False,
    wait: Wait = False,
    timeout: watch.Timeout = None,
    output_folder: Downloaded = None,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Submit a repair; files are uploaded, what the server has already is named by its id.

    \b
    netmend submit bad.h5 --clean-validation valid.h5 --clean-test test.h5 --wait
    netmend submit MODEL --clean-validation DATASET --poisoned-test sunglasses.h5 -o repaired
    """  # noqa: D301 - \b keeps the lines of the examples apart
    data = sending.data(
        clean_validation, clean_test, poisoned_test or (),
        labels=poisoned_labels, target_labels=target_label, layout=layout,
    )  # fmt: skip
    files = _Files(sending.model(model, architecture=architecture), data)
    wanted = {
        "method": method, "params": parsing.settings(settings), "seed": seed, "name": name,
        "max_accuracy_drops": tuple(dict.fromkeys(max_accuracy_drop)), "n_classes": classes,
        "goodnet": {"rule": goodnet_rule, "false_positive_rate": goodnet_fpr},
        "gate": gate(gate_asr, gate_drop), "preprocessing": preprocessing,
        "tags": tuple(tags or ()), "priority": priority,
    }  # fmt: skip
    how = _How(
        as_json=as_json, quiet=quiet, dry_run=dry_run,
        wait=wait, timeout_s=timeout, output_folder=output_folder,
    )  # fmt: skip
    with server.connected(url, token) as client:
        return _carried_out(client, files, wanted, how)


def gate(max_attack_success_rate: float | None, max_drop: float | None) -> Any:
    """The limits that were asked for as JSON data, if any were."""
    limits = parsing.gate(max_attack_success_rate, max_drop)
    return None if limits is None else limits.to_json()


@dataclass(frozen=True, kw_only=True)
class _How:
    """What is to be done with the job, and how the caller wants to be told."""

    as_json: bool
    quiet: bool
    dry_run: bool
    wait: bool
    timeout_s: float | None
    output_folder: Path | None


@dataclass(frozen=True)
class _Files:
    """The inputs of a repair."""

    model: Given
    data: GivenData


def _carried_out(client: Client, files: _Files, wanted: Mapping[str, Any], how: _How) -> int:
    """Submit the job, or only plan it; the exit code."""
    _check(files, wanted, how.output_folder)
    with progress.shown(quiet=how.quiet) as on_event:
        send = Sender(client, on_event)
        inputs = {"model": send.model(files.model), "data": send.data(files.data)}
    asked = _job(inputs, wanted)
    if how.dry_run:
        return plans.tell(client.jobs.plan(asked), as_json=how.as_json)
    job = client.jobs.submit(asked)
    if how.wait or how.output_folder:
        return _end(client, job, how)
    return _tell_id(job, as_json=how.as_json)


def _end(client: Client, job: JobView, how: _How) -> int:
    """Wait for the end of a job and fetch its files; the exit code."""
    ended = watch.until_end(client, job.id, timeout_s=how.timeout_s, quiet=how.quiet)
    exit_code = watch.tell(ended, as_json=how.as_json)
    if how.output_folder:
        download.into(client, job.id, how.output_folder, on_event=lambda _: None)
    return exit_code


def _check(files: _Files, asked: Mapping[str, Any], folder: Path | None) -> None:
    """Refuse what cannot work before anything is sent."""
    if folder:
        output.check_absent(folder)
    catalogue.parse(asked["method"], asked["params"])
    parsing.check_preprocessing(asked["preprocessing"])
    sending.check_readable([files.model, *files.data.all])


def _job(inputs: Mapping[str, Any], asked: Mapping[str, Any]) -> JobCreate:
    try:
        return JobCreate.model_validate({**inputs, **asked})
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise errors.InvalidParams(f"{field}: {first['msg']}", field=field) from error


def _tell_id(job: JobView, *, as_json: bool) -> int:
    if as_json:
        terminal.print_json(job.model_dump(mode="json"))
    else:
        terminal.print_lines([job.id])
    return 0
