"""Frozen values that cross borders; `RepairReport` is the JSON contract of report.json."""

from .candidates import Candidate
from .choices import Gate, InputFile, Inputs, PreprocessingChoice, Selection
from .curves import PruningStep, TrainingEpoch
from .diagnoses import Diagnosis, InvertedTrigger, Suspect
from .events import Event
from .figures import AttackResult, Evaluation, PairedChange, Rate
from .goodnets import GoodNetResult
from .reports import RepairReport, Verdict
from .values import Value

__all__ = [
    "AttackResult",
    "Candidate",
    "Diagnosis",
    "Evaluation",
    "Event",
    "Gate",
    "GoodNetResult",
    "InputFile",
    "Inputs",
    "InvertedTrigger",
    "PairedChange",
    "PreprocessingChoice",
    "PruningStep",
    "Rate",
    "RepairReport",
    "Selection",
    "Suspect",
    "TrainingEpoch",
    "Value",
    "Verdict",
]
