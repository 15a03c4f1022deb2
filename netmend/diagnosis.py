"""Diagnoses in the Python API: which classes look like targets of a backdoor."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import data, diagnosing, output
from core.report import triggers
from core.requests import DiagnoseRequest
from core.results import Diagnosis, Event, Suspect

from .models import Model

OnEvent = Callable[[Event], None]


@dataclass(frozen=True, repr=False)
class DiagnosisResult:
    """Suspects, the evidence against them, and pictures of their triggers; never proof."""

    outcome: diagnosing.Outcome

    @property
    def diagnosis(self) -> Diagnosis:
        """Everything that was found, as in diagnosis.json."""
        return self.outcome.diagnosis

    @property
    def targets(self) -> tuple[int, ...]:
        """The labels that are suspected to be targets, the most suspicious first."""
        return self.diagnosis.targets

    @property
    def suspects(self) -> tuple[Suspect, ...]:
        """All classes that were searched for triggers, the most suspicious first."""
        return self.diagnosis.suspects

    def save(self, folder: str | Path) -> None:
        """Write the page and the pictures into a new folder, which appears whole or not at all.

        Raises:
            OutputExists: The folder is there already.
            OutputNotWritable: It cannot be written; nothing is left of it.
        """
        with output.staged(Path(folder).absolute()) as partial:
            self.outcome.write(partial)

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as plain data; as diagnosis.json, but for the names of the pictures."""
        return self.diagnosis.to_json()

    def __repr__(self) -> str:
        return f"DiagnosisResult({triggers.headline(self.diagnosis)})"


def diagnose(
    model: Model,
    clean_validation: str | Path | data.LabelledImages,
    *,
    preprocessing: str = DiagnoseRequest.preprocessing,
    seed: int = DiagnoseRequest.seed,
    on_event: OnEvent | None = None,
) -> DiagnosisResult:
    """Look for classes that may be targets of a backdoor, from weights and clean images alone.

    Args:
        model: What `read_model` gives; stays as it is.
        clean_validation: Clean images with their classes: a file as `RepairData` takes it, or
            ``RepairData.clean_validation``.
        preprocessing: ``auto``, or a name that ``netmend diagnose --help`` lists.
        seed: Same seed, same findings.
        on_event: Told of progress.

    Raises:
        InvalidInput: The images do not go with the model, or a file is no data set.
    """
    if not isinstance(clean_validation, data.LabelledImages):
        clean_validation = data.open_images(Path(clean_validation))
    examination = diagnosing.Examination(
        model_file=model.file,
        images=clean_validation,
        preprocessing=preprocessing,
        seed=seed,
    )
    return DiagnosisResult(diagnosing.examine(examination, on_event or _ignore))


def _ignore(_: Event) -> None:
    pass
