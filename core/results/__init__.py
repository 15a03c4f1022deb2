"""Frozen values that cross borders; `RepairReport` is the JSON contract of report.json."""

from .candidates import Candidate
from .choices import Gate, InputFile, Inputs, PreprocessingChoice, Selection
from .curves import PruningStep, TrainingEpoch
from .diagnoses import Circumstances, Diagnosis, InvertedTrigger, Suspect, TriggerKind
from .events import Event
from .evidence import Reactivation, SeedResult, SeedSpread, Spread
from .figures import AttackResult, ClassSummary, Evaluation, Excess, PairedChange, Rate
from .goodnets import AreaUnderCurve, GoodNetResult, RocCurve, RocPoint, ScoreName
from .reports import RepairReport, Verdict
from .values import Value

__all__ = [
    "AreaUnderCurve",
    "AttackResult",
    "Candidate",
    "Circumstances",
    "ClassSummary",
    "Diagnosis",
    "Evaluation",
    "Event",
    "Excess",
    "Gate",
    "GoodNetResult",
    "InputFile",
    "Inputs",
    "InvertedTrigger",
    "PairedChange",
    "PreprocessingChoice",
    "PruningStep",
    "Rate",
    "Reactivation",
    "RepairReport",
    "RocCurve",
    "RocPoint",
    "ScoreName",
    "SeedResult",
    "SeedSpread",
    "Selection",
    "Spread",
    "Suspect",
    "TrainingEpoch",
    "TriggerKind",
    "Value",
    "Verdict",
]
