"""`netmend diagnose`: which classes look like targets of a backdoor."""

from pathlib import Path

from core import output
from core.requests import DiagnoseRequest
from core.results import Diagnosis

from . import options, parsing, terminal, uploads
from .uploads import Workplace


def diagnose(  # noqa: PLR0913 - an argument is an option
    model: options.ModelFile,
    *,
    clean_validation: options.ForDiagnosis,
    output_folder: options.DiagnosisOutput = None,
    seed: options.Seed = DiagnoseRequest.seed,
    preprocessing: options.Preprocessing = DiagnoseRequest.preprocessing,
    layout: options.Layout = "auto",
    architecture: options.Architecture = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Look for classes that may be targets of a backdoor, from weights and clean images alone.

    A suspect is no proof of a backdoor, and no suspect is no proof that there is none. The folder
    will hold the diagnosis as a page, as Markdown and as JSON, and pictures of triggers.

    \b
    netmend diagnose unknown.h5 --clean-validation valid.h5
    netmend diagnose unknown.h5 --clean-validation valid.h5 -o diagnosis
    """  # noqa: D301 - \b keeps the lines of the examples apart
    if output_folder is not None:
        output.check_absent(output_folder)
    parsing.check_preprocessing(preprocessing)
    uploads.check_readable(model, clean_validation)
    beside = None if output_folder is None else output_folder.parent
    with uploads.workplace(beside=beside, quiet=quiet) as workplace:
        workplace.model(model, architecture)
        workplace.images(clean_validation, "clean-validation", layout=layout)
        found = _diagnosed(workplace, output_folder, preprocessing=preprocessing, seed=seed)
    _tell(found, output_folder, as_json=as_json)
    return 0


def _diagnosed(
    workplace: Workplace, folder: Path | None, *, preprocessing: str, seed: int
) -> Diagnosis:
    """What is found; the folder, where one is wanted, appears whole or not at all."""
    wanted = workplace.place("diagnosis") if folder is None else folder.absolute()
    with output.staged(wanted) as partial:
        request = DiagnoseRequest(
            model=str(workplace.place("model")),
            clean_validation=str(workplace.place("clean-validation")),
            preprocessing=preprocessing,
            seed=seed,
            output=str(partial),
        )
        return Diagnosis.from_json(workplace.run("diagnose", request))


def _tell(found: Diagnosis, folder: Path | None, *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(found.to_json())
        return
    # Imported here because matplotlib, which comes with it, takes a second.
    from . import tables

    tables.print_diagnosis(found)
    if folder is not None:
        terminal.say(f"Diagnosis: {folder / 'diagnosis.html'}")
