"""`netmend demo`: plant a backdoor in a small model and repair it; needs no files."""

import itertools
import types
from collections.abc import Mapping
from pathlib import Path

import typer

from core import catalogue, output
from core.requests import DemoRequest, RepairOptions

from .. import testfiles
from . import options, repair, terminal, uploads
from .repair import RepairFiles
from .uploads import Workplace

_FOLDER = "netmend-demo"
_NO_EVIDENCE = (
    "The settings of this demo were chosen on this very model: it shows what a repair looks like, "
    "and says nothing of other models."
)
#: A mirrored digit is no digit, and three pixels are much of eight. The rest was chosen on this
#: very model, with its poisoned images in view, so that a repair can be seen: it is no evidence.
_PARAMS: Mapping[str, object] = types.MappingProxyType(
    {"flip": False, "shift": 1, "epochs": 40, "batch_size": 32, "learning_rate": 0.01}
)


def demo(
    context: typer.Context,
    *,
    output_folder: options.OptionalOutput = None,
    seed: options.Seed = DemoRequest.seed,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Train a small model of real digits with a backdoor, repair it, and show the report.

    Needs no files and no network, and takes about a minute.

    \b
    netmend demo
    netmend demo -o somewhere --seed 1
    """  # noqa: D301 - \b keeps the lines of the examples apart
    folder = output_folder or _free_folder()
    output.check_absent(folder)
    asked = RepairOptions(
        method=catalogue.FinePruning.name, params=_PARAMS, seed=seed, command=context.obj
    )
    with uploads.workplace(beside=folder.parent, quiet=quiet) as workplace:
        files = _made(workplace, seed)
        reports = repair.repair_at(workplace, files, asked, folder)
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
