"""`netmend evaluate`: all figures of a model as it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core import errors
from core.requests import EvaluateRequest
from core.results import Evaluation, PreprocessingChoice

from .. import testfiles
from . import options, parsing, terminal, uploads
from .uploads import Layout, Workplace


def evaluate(  # noqa: PLR0913 - an argument is an option
    model: options.ModelFile,
    *,
    clean_test: options.CleanTest = None,
    poisoned_test: options.PoisonedTest = None,
    clean_validation: options.ForPreprocessing = None,
    preprocessing: options.Preprocessing = EvaluateRequest.preprocessing,
    layout: options.Layout = "auto",
    classes: options.Classes = None,
    poisoned_labels: options.PoisonedLabelsMean = None,
    target_label: options.TargetLabel = None,
    architecture: options.Architecture = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Measure a model as it is: clean accuracy, attack success, robust accuracy, floor.

    \b
    netmend evaluate bad.h5 --clean-test test.h5 --preprocessing /255
    netmend evaluate repaired/repaired.h5 --clean-test test.h5 \\
        --poisoned-test sunglasses.h5 --clean-validation valid.h5 --json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    tests = testfiles.collect(
        clean_test, poisoned_test, labels=poisoned_labels, target_labels=target_label
    )
    if not tests.paths:
        raise errors.InvalidParams("give something to measure on: --clean-test or --poisoned-test")
    parsing.check_preprocessing(preprocessing)
    uploads.check_readable(model, clean_validation, *tests.paths)
    with uploads.workplace(quiet=quiet) as workplace:
        workplace.model(model, architecture)
        request = EvaluateRequest(
            model=str(workplace.place("model")),
            tests=workplace.tests(tests, layout=layout),
            clean_validation=_clean_validation(workplace, clean_validation, layout),
            preprocessing=preprocessing,
            n_classes=classes,
        )
        found = workplace.run("evaluate", request)
    _tell(found, as_json=as_json)
    return 0


def _clean_validation(workplace: Workplace, path: Path | None, layout: Layout) -> str | None:
    if path is None:
        return None
    workplace.images(path, "clean-validation", layout=layout)
    return str(workplace.place("clean-validation"))


def _tell(found: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(found)
        return
    # Imported here because matplotlib, which comes with it, takes a second.
    from . import tables

    tables.print_evaluation(
        Evaluation.from_json(found["evaluation"]),
        PreprocessingChoice.from_json(found["preprocessing"]),
    )
