"""`netmend submit`: a repair, or a diagnosis, for a server to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import pydantic
import typer

from core import catalogue, errors, output
from core.requests import GoodNetOptions, RepairOptions
from service.schemas import JobCreate, JobView, ModelDiagnose, Priority

from ..client import Client
from . import download, options, parsing, plans, progress, sending, server, terminal, watch
from .sending import Given, GivenData, Sender

Schema = TypeVar("Schema", bound=pydantic.BaseModel)

_BUDGETS = list(RepairOptions.max_accuracy_drops)
#: Stands for files that have no id, so that all else is checked before they are sent.
NOBODY = "00000000-0000-7000-8000-000000000000"
_NOT_SENT_YET = {"model": NOBODY, "data": {"clean_validation": NOBODY}}

Model = Annotated[str, typer.Argument(metavar="MODEL", help="A file, or the id of a model.")]
Images = Annotated[
    str, typer.Option(metavar="FILE|ID", help="Clean images that the repair may use.")
]
Tests = Annotated[str | None, typer.Option(metavar="FILE|ID", help="Clean images to measure on.")]
Poisoned = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE|ID", help="Images with a trigger; once for each trigger."),
]
Unlabelled = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|ID",
        help="More images of the same kind; labels are not read, so a zip of pictures will do.",
    ),
]
Diagnose = Annotated[
    bool,
    typer.Option(
        "--diagnose",
        help="Repair nothing: only look for classes that may be targets of a backdoor.",
    ),
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
    diagnose: Diagnose = False,
    unlabelled: Unlabelled = None,
    clean_test: Tests = None,
    poisoned_test: Poisoned = None,
    method: options.Method = catalogue.DEFAULT_METHOD,
    settings: options.Settings = None,
    max_accuracy_drop: options.MaxAccuracyDrops = _BUDGETS,
    seed: options.Seed = RepairOptions.seed,
    seeds: options.Seeds = RepairOptions.n_seeds,
    preprocessing: options.Preprocessing = RepairOptions.preprocessing,
    layout: options.Layout = "auto",
    classes: options.Classes = None,
    poisoned_labels: options.PoisonedLabelsMean = None,
    target_label: options.TargetLabel = None,
    architecture: options.BuiltInArchitecture = None,
    goodnet_rule: options.Rule = GoodNetOptions.rule,
    goodnet_fpr: options.FalsePositiveRate = GoodNetOptions.false_positive_rate,
    goodnet_targets: options.GoodNetTargets = None,
    reactivation: options.Reactivation = RepairOptions.reactivation,
    traces: options.Traces = RepairOptions.traces,
    gate_asr: options.GateAttackSuccess = None,
    gate_drop: options.GateDrop = None,
    name: Name = "",
    tags: Tags = None,
    priority: Urgency = "normal",
    queue: options.Queue = "cpu",
    dry_run: DryRun = False,
    wait: Wait = False,
    timeout: watch.Timeout = None,
    output_folder: Downloaded = None,
    url: server.Url = None,
    token: server.Token = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Submit a repair, or a diagnosis; files are uploaded, what the server has is named by its id.

    \b
    netmend submit MODEL --clean-validation DATASET --poisoned-test sunglasses.h5 -o repaired
    netmend submit bad.h5 --clean-validation valid.h5 --diagnose --wait
    """  # noqa: D301 - \b keeps the lines of the examples apart
    data = sending.data(clean_validation, clean_test, poisoned_test or (), unlabelled=unlabelled,
        labels=poisoned_labels, target_labels=target_label, layout=layout)  # fmt: skip
    files = _Files(sending.model(model, architecture=architecture), data)
    wanted = {"goodnet": parsing.good_net(goodnet_rule, goodnet_fpr, goodnet_targets).to_json(),
        "max_accuracy_drops": [*dict.fromkeys(max_accuracy_drop)], "preprocessing": preprocessing,
        "params": parsing.settings(settings), "gate": gate(gate_asr, gate_drop), "tags": tags or (),
        "reactivation": reactivation, "priority": priority, "n_classes": classes, "method": method,
        "n_seeds": seeds, "traces": traces, "queue": queue, "name": name, "seed": seed}  # fmt: skip
    how = _How(as_json, quiet, dry_run, wait, timeout, output_folder)
    with server.connected(url, token) as client:
        return (_diagnosed if diagnose else _repaired)(client, files, wanted, how)


def gate(max_attack_success_rate: float | None, max_drop: float | None) -> Any:
    """The limits that were asked for as JSON data, if any were."""
    limits = parsing.gate(max_attack_success_rate, max_drop)
    return None if limits is None else limits.to_json()


@dataclass(frozen=True)
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


def _repaired(client: Client, files: _Files, wanted: Mapping[str, Any], how: _How) -> int:
    """Submit the repair, or only plan it; the exit code."""
    _check(files, wanted, how.output_folder)
    _checked(JobCreate, {**_NOT_SENT_YET, **wanted})
    with progress.shown(quiet=how.quiet) as on_event:
        send = Sender(client, on_event)
        inputs = {"model": send.model(files.model), "data": send.data(files.data)}
    asked = _checked(JobCreate, {**inputs, **wanted})
    if how.dry_run:
        return plans.tell(client.jobs.plan(asked), as_json=how.as_json)
    return _told(client, client.jobs.submit(asked), how)


def _diagnosed(client: Client, files: _Files, wanted: Mapping[str, Any], how: _How) -> int:
    """Submit the diagnosis; the exit code."""
    _check(files, wanted, how.output_folder)
    _refuse_what_is_not_used(files, wanted, how)
    asked = {name: wanted[name] for name in ModelDiagnose.model_fields if name in wanted}
    with progress.shown(quiet=how.quiet) as on_event:
        send = Sender(client, on_event)
        model, images = send.model(files.model), send.images(files.data.clean_validation)
    request = _checked(ModelDiagnose, {**asked, "clean_validation": images})
    return _told(client, client.diagnoses.submit(model, request), how)


def _refuse_what_is_not_used(files: _Files, wanted: Mapping[str, Any], how: _How) -> None:
    """A diagnosis looks at the model and at clean images, and changes nothing."""
    data = files.data
    others = {
        "clean_test": data.clean_test,
        "poisoned_test": data.poisoned_test,
        "unlabelled": data.unlabelled,
        "set": wanted["params"],
        "gate": wanted["gate"],
        "classes": wanted["n_classes"],
        "seeds": wanted["n_seeds"] > RepairOptions.n_seeds,
        "goodnet_target": wanted["goodnet"]["targets"],
        "no_reactivation": not wanted["reactivation"],
        "no_traces": not wanted["traces"],
        "dry_run": how.dry_run,
    }
    for name, given in others.items():
        if given:
            option = f"--{name.replace('_', '-')}"
            raise errors.InvalidParams(f"{option} says nothing to a diagnosis", field=name)


def _told(client: Client, job: JobView, how: _How) -> int:
    """Wait for the end of a job, or tell its id; the exit code."""
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


def _checked(schema: type[Schema], asked: Mapping[str, Any]) -> Schema:
    try:
        return schema.model_validate(asked)
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
