"""`netmend submit`: a repair for a server to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic
import typer

from core import catalogue, errors, output
from core.requests import GoodNetOptions, RepairOptions
from service.schemas import JobCreate, JobView, Priority

from ..client import Client
from . import download, options, parsing, progress, server, terminal, upload, uploads, watch
from .progress import OnEvent

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
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
    classes: options.Classes = None,
    goodnet_rule: options.Rule = GoodNetOptions.rule,
    goodnet_fpr: options.FalsePositiveRate = GoodNetOptions.false_positive_rate,
    gate_asr: options.GateAttackSuccess = None,
    gate_drop: options.GateDrop = None,
    name: Name = "",
    tags: Tags = None,
    priority: Urgency = "normal",
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
    files = _Files(model, clean_validation, clean_test, tuple(poisoned_test or ()))
    wanted = {
        "method": method,
        "params": parsing.settings(settings),
        "max_accuracy_drops": tuple(dict.fromkeys(max_accuracy_drop)),
        "seed": seed,
        "preprocessing": preprocessing,
        "n_classes": classes,
        "goodnet": {"rule": goodnet_rule, "false_positive_rate": goodnet_fpr},
        "gate": _gate(gate_asr, gate_drop),
        "name": name,
        "tags": tuple(tags or ()),
        "priority": priority,
    }
    _check(files, wanted, output_folder)
    told = _Told(as_json=as_json, quiet=quiet)
    with server.connected(url, token) as client:
        job = _submitted(client, files, wanted, told)
        if wait or output_folder:
            return _end(client, job, told, timeout_s=timeout, output_folder=output_folder)
    return _tell_id(job, as_json=as_json)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """How the caller wants to be told."""

    as_json: bool
    quiet: bool


@dataclass(frozen=True)
class _Files:
    """The inputs of a repair: files, or ids of what the server has."""

    model: str
    clean_validation: str
    clean_test: str | None
    poisoned_test: tuple[str, ...]

    def paths(self) -> list[Path]:
        """Those that are files."""
        images = [self.clean_validation, self.clean_test, *self.poisoned_test]
        return [Path(item) for item in [self.model, *images] if item and not _ID.fullmatch(item)]

    def sent(self, client: Client, on_event: OnEvent) -> dict[str, Any]:
        """Ids of all; what is a file was uploaded and found to be in order."""
        send = _Sender(client, on_event)
        return {
            "model": send.model(self.model),
            "data": {
                "clean_validation": send.dataset(self.clean_validation),
                "clean_test": self.clean_test and send.dataset(self.clean_test),
                "poisoned_test": tuple(
                    send.dataset(item, role="poisoned") for item in self.poisoned_test
                ),
            },
        }


@dataclass(frozen=True)
class _Sender:
    client: Client
    on_event: OnEvent

    def model(self, given: str) -> str:
        if _ID.fullmatch(given):
            return given
        path = Path(given)
        added = self.client.models.add(path, on_bytes=upload.telling(self.on_event, path))
        return self.client.models.wait(added.id).id

    def dataset(self, given: str, *, role: Literal["clean", "poisoned"] = "clean") -> str:
        if _ID.fullmatch(given):
            return given
        path = Path(given)
        on_bytes = upload.telling(self.on_event, path)
        added = self.client.datasets.add(path, on_bytes=on_bytes, role=role)
        return self.client.datasets.wait(added.id).id


def _submitted(client: Client, files: _Files, wanted: Mapping[str, Any], told: _Told) -> JobView:
    with progress.shown(quiet=told.quiet) as on_event:
        inputs = files.sent(client, on_event)
    return client.jobs.submit(_job(inputs, wanted))


def _end(
    client: Client,
    job: JobView,
    told: _Told,
    *,
    timeout_s: float | None,
    output_folder: Path | None,
) -> int:
    """Wait for the end of a job and fetch its files; the exit code."""
    ended = watch.until_end(client, job.id, timeout_s=timeout_s, quiet=told.quiet)
    exit_code = watch.tell(ended, as_json=told.as_json)
    if output_folder:
        download.into(client, job.id, output_folder, on_event=lambda _: None)
    return exit_code


def _check(files: _Files, asked: Mapping[str, Any], folder: Path | None) -> None:
    """Refuse what cannot work before anything is sent."""
    if folder:
        output.check_absent(folder)
    catalogue.parse(asked["method"], asked["params"])
    parsing.check_preprocessing(asked["preprocessing"])
    uploads.check_readable(*files.paths())


def _gate(max_attack_success_rate: float | None, max_drop: float | None) -> Any:
    limits = parsing.gate(max_attack_success_rate, max_drop)
    return None if limits is None else limits.to_json()


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
