"""`netmend repair`: a backdoored model in, a folder with the repaired one and a report out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import typer

from core import catalogue, output
from core.requests import GoodNetOptions, RepairOptions, RepairRequest
from core.results import RepairReport

from .. import testfiles
from ..testfiles import TestFiles
from . import options, parsing, terminal, uploads
from .uploads import Layout, Workplace

_BUDGETS = list(RepairOptions.max_accuracy_drops)


@dataclass(frozen=True, kw_only=True)
class RepairFiles:
    """The files that a repair is made from, and how they are to be read."""

    model: Path
    clean_validation: Path
    tests: TestFiles
    #: A file, or a folder of pictures.
    unlabelled: Path | None = None
    architecture: str | None = None
    layout: Layout = "auto"


def repair(  # noqa: PLR0913 - an argument is an option
    context: typer.Context,
    model: options.ModelFile,
    *,
    output_folder: options.Output,
    clean_validation: options.CleanValidation,
    unlabelled: options.Unlabelled = None,
    clean_test: options.CleanTest = None,
    poisoned_test: options.PoisonedTest = None,
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
    architecture: options.Architecture = None,
    goodnet_rule: options.Rule = GoodNetOptions.rule,
    goodnet_fpr: options.FalsePositiveRate = GoodNetOptions.false_positive_rate,
    goodnet_targets: options.GoodNetTargets = None,
    reactivation: options.Reactivation = RepairOptions.reactivation,
    traces: options.Traces = RepairOptions.traces,
    gate_asr: options.GateAttackSuccess = None,
    gate_drop: options.GateDrop = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Repair a backdoored model with clean images, and report what that did.

    The folder will hold the repaired model, its weights, the N+1 model and the report.

    \b
    netmend repair bad.h5 --clean-validation valid.h5 -o repaired
    netmend repair bad.h5 --clean-validation valid.h5 \\
        --clean-test test.h5 --poisoned-test sunglasses.h5 \\
        --max-accuracy-drop 2% --gate-asr 5% -o repaired
    """  # noqa: D301 - \b keeps the lines of the examples apart
    tests = testfiles.collect(
        clean_test, poisoned_test, labels=poisoned_labels, target_labels=target_label
    )
    files = RepairFiles(
        model=model, clean_validation=clean_validation, tests=tests, unlabelled=unlabelled,
        architecture=architecture, layout=layout,
    )  # fmt: skip
    asked = RepairOptions(
        method=method, params=parsing.settings(settings), preprocessing=preprocessing,
        max_accuracy_drops=tuple(dict.fromkeys(max_accuracy_drop)), n_classes=classes,
        seed=seed, n_seeds=seeds, reactivation=reactivation, traces=traces,
        goodnet=parsing.good_net(goodnet_rule, goodnet_fpr, goodnet_targets),
        gate=parsing.gate(gate_asr, gate_drop), command=context.obj,
    )  # fmt: skip
    reports = repair_files(files, asked, output_folder, quiet=quiet)
    return tell(reports, output_folder, as_json=as_json)


def repair_files(
    files: RepairFiles, asked: RepairOptions, folder: Path, *, quiet: bool
) -> dict[str, RepairReport]:
    """Repair what uploads hold; the folder of results appears whole or not at all.

    Returns:
        Subfolder to report: ``""`` for a single budget.
    """
    output.check_absent(folder)
    catalogue.parse(asked.method, asked.params)
    parsing.check_preprocessing(asked.preprocessing)
    more = uploads.files_at(files.unlabelled) if files.unlabelled else ()
    uploads.check_readable(files.model, files.clean_validation, *more, *files.tests.paths)
    with uploads.workplace(beside=folder.parent, quiet=quiet) as workplace:
        return repair_at(workplace, files, asked, folder)


def repair_at(
    workplace: Workplace, files: RepairFiles, asked: RepairOptions, folder: Path
) -> dict[str, RepairReport]:
    """As `repair_files`, in a workplace that is there already."""
    workplace.model(files.model, files.architecture)
    workplace.images(files.clean_validation, "clean-validation", layout=files.layout)
    if files.unlabelled:
        workplace.unlabelled(files.unlabelled, layout=files.layout)
    tests = workplace.tests(files.tests, layout=files.layout)
    with output.staged(folder.absolute()) as partial:
        request = RepairRequest(
            model=str(workplace.place("model")),
            clean_validation=str(workplace.place("clean-validation")),
            tests=tests,
            options=asked,
            output=str(partial),
            unlabelled=str(workplace.place("unlabelled")) if files.unlabelled else None,
        )
        reports = workplace.run("repair", request)
    return {name: RepairReport.from_json(report) for name, report in reports.items()}


def tell(reports: Mapping[str, RepairReport], folder: Path, *, as_json: bool) -> int:
    """Print the reports, a single one as it is; the exit code is 1 where a gate was not met."""
    if as_json:
        found = {name: report.to_json() for name, report in reports.items()}
        terminal.print_json(found.get("", found))
    else:
        # Imported here because matplotlib, which comes with it, takes a second.
        from . import tables

        tables.print_repair(reports, folder)
    return 0 if all(report.gate is None or report.gate.passed for report in reports.values()) else 1
