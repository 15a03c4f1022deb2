"""`netmend demo`: plant a backdoor in a small model and have it repaired; needs no files."""

import itertools
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from core import catalogue, output
from core.requests import DemoRequest, RepairOptions
from core.results import RepairReport

from .. import testfiles
from . import options, repair, served, terminal, uploads
from .repair import RepairFiles
from .uploads import Workplace

_FOLDER = "netmend-demo"
_METHOD = catalogue.FinePruning.name
_NO_EVIDENCE = (
    "The settings of this demo were chosen on this very model: it shows what a repair looks like, "
    "and says nothing of other models."
)
#: A mirrored digit is no digit, and three pixels are much of eight. The rest was chosen on this
#: very model, with its poisoned images in view, so that a repair can be seen: it is no evidence.
_PARAMS: Mapping[str, object] = types.MappingProxyType(
    {"flip": False, "shift": 1, "epochs": 40, "batch_size": 32, "learning_rate": 0.01}
)

Local = Annotated[bool, typer.Option("--local", help="Repair without the service, at once.")]
Keep = Annotated[
    bool, typer.Option("--keep", help="Leave the service running until Ctrl-C, to look around.")
]


def demo(  # noqa: PLR0913 - an argument is an option
    context: typer.Context,
    *,
    output_folder: options.OptionalOutput = None,
    seed: options.Seed = DemoRequest.seed,
    local: Local = False,
    keep: Keep = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Train a small model of real digits with a backdoor, have it repaired, and show the report.

    Goes the way of all work: files are uploaded, a job is submitted and watched, its results are
    downloaded. If `netmend up` runs on this machine it does the work, else the service is started
    for the time of the demo. Needs no files and no network, and takes about a minute.

    \b
    netmend demo
    netmend demo --keep
    netmend demo --local -o somewhere --seed 1
    """  # noqa: D301 - \b keeps the lines of the examples apart
    folder = output_folder or _free_folder()
    output.check_absent(folder)
    if local:
        asked = RepairOptions(method=_METHOD, params=_PARAMS, seed=seed, command=context.obj)
        with uploads.workplace(beside=folder.parent, quiet=quiet) as workplace:
            reports = repair.repair_at(workplace, _made(workplace, seed), asked, folder)
        return _tell(reports, folder, as_json=as_json)
    # Started first: it gets ready while the model is trained.
    with served.service(command=context.obj) as service:
        reports = _served(service, folder, seed=seed, quiet=quiet)
        exit_code = _tell(reports, folder, as_json=as_json)
        if keep:
            service.keep()
    return exit_code


def _served(
    service: served.Reach, folder: Path, *, seed: int, quiet: bool
) -> dict[str, RepairReport]:
    with uploads.workplace(beside=folder.parent, quiet=quiet) as workplace:
        files = _made(workplace, seed)
        with service.client() as client:
            return served.repair(
                client,
                files,
                folder,
                on_event=workplace.on_event,
                name="demo",
                method=_METHOD,
                params=dict(_PARAMS),
                seed=seed,
            )


def _tell(reports: Mapping[str, RepairReport], folder: Path, *, as_json: bool) -> int:
    exit_code = repair.tell(reports, folder, as_json=as_json)
    if not as_json:
        terminal.say(_NO_EVIDENCE)
    return exit_code


def _made(workplace: Workplace, seed: int) -> RepairFiles:
    made = workplace.place("demo")
    made.mkdir()
    written = workplace.run("demo", DemoRequest(output=str(made), seed=seed))
    paths = {role: Path(path) for role, path in written.items()}
    return RepairFiles(
        model=paths["model"],
        clean_validation=paths["clean_validation"],
        tests=testfiles.collect(paths["clean_test"], [paths["poisoned_test"]]),
    )


def _free_folder() -> Path:
    numbered = (Path(f"{_FOLDER}-{number}") for number in itertools.count(2))
    return next(path for path in itertools.chain([Path(_FOLDER)], numbered) if not path.exists())
