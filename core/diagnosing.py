"""A diagnosis from start to end: check, choose the preprocessing, examine, draw, write."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from . import (
    baseline,
    compatibility,
    data,
    devices,
    diagnosis,
    errors,
    finetuning,
    modelfile,
    models,
    pipeline,
    preprocessing,
    provenance,
    report,
)
from .finetuning import OnEvent
from .metrics import TestSets
from .modelfile import ModelFile
from .report import TriggerPicture
from .requests import DiagnoseRequest
from .results import Circumstances, Diagnosis, Event, PreprocessingChoice


@dataclass(frozen=True, kw_only=True)
class Examination:
    """A model, the clean images it is diagnosed with, and how."""

    model_file: ModelFile
    #: Clean, with their classes, and none that the diagnosis is to be measured on.
    images: data.LabelledImages
    #: A name of `preprocessing.PREPROCESSINGS`, or ``auto``.
    preprocessing: str = "auto"
    seed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What one examination leaves behind."""

    diagnosis: Diagnosis
    pictures: tuple[TriggerPicture, ...]

    def write(self, folder: Path) -> Diagnosis:
        """Write the diagnosis and its pictures; what is returned names their files.

        Raises:
            OutputNotWritable: The disk is full, or does not let us.
        """
        return report.write_diagnosis(self.diagnosis, folder, drawn=self.pictures)


@devices.shortage_told()
def answer(request: DiagnoseRequest, on_event: OnEvent) -> Diagnosis:
    """Diagnose what canonical folders hold, and write what was found.

    Args:
        request: Names the folders; its output is an empty folder.
        on_event: Told of progress.
    """
    on_event(Event(stage="load", message="reading the model and the images"))
    examination = Examination(
        model_file=modelfile.load_canonical(Path(request.model)),
        images=data.load_canonical(Path(request.clean_validation)),
        preprocessing=request.preprocessing,
        seed=request.seed,
    )
    outcome = examine(examination, on_event)
    on_event(Event(stage="package", message="writing the diagnosis"))
    return outcome.write(Path(request.output))


def examine(examination: Examination, on_event: OnEvent) -> Outcome:
    """Diagnose a model; the same seed finds the same.

    Args:
        examination: The model and the images; stays as it is.
        on_event: Told of progress; what it raises ends the work.

    Raises:
        InvalidInput: The images do not go with the model, or there is no such preprocessing.
    """
    role = compatibility.CLEAN_VALIDATION
    compatibility.check_images(examination.model_file, examination.images, role=role)
    compatibility.check_can_be_split(examination.images)
    pipeline.make_repeatable(examination.seed)
    model = models.build(examination.model_file)
    with errors.concerning(role):
        choice, warnings = baseline.choose_preprocessing(
            model, examination.images, examination.preprocessing
        )
    validation = _validation(examination, choice)
    execution = finetuning.Execution(seed=examination.seed, on_event=on_event)
    findings = diagnosis.diagnose(model, validation, execution=execution)
    found = dataclasses.replace(
        findings.diagnosis,
        warnings=(*examination.model_file.warnings, *warnings, *findings.diagnosis.warnings),
        circumstances=_circumstances(examination, choice),
    )
    drawn = [
        picture
        for triggers in (findings.patches, findings.additives)
        for picture in diagnosis.drawn(triggers, validation.preprocessing)
    ]
    return Outcome(diagnosis=found, pictures=tuple(drawn))


def _validation(examination: Examination, choice: PreprocessingChoice) -> finetuning.Validation:
    images = examination.images
    split = data.split(images.labels, seed=examination.seed)
    return finetuning.Validation(
        tune=images.only(split.tune),
        select=images.only(split.select),
        preprocessing=preprocessing.named(choice.name),
    )


def _circumstances(examination: Examination, choice: PreprocessingChoice) -> Circumstances:
    files = provenance.inputs(examination.model_file, examination.images, TestSets(clean=None))
    return Circumstances(
        model=files.model,
        clean_validation=files.clean_validation,
        preprocessing=choice,
        seed=examination.seed,
        versions=provenance.versions(),
        device=devices.in_use(),
    )
