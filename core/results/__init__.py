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
from .splits import Split
from .traces import ClassEvidence, ClassTraces, Traces
from .values import Value

__all__ = [
    "AreaUnderCurve",
    "AttackResult",
    "Candidate",
    "Circumstances",
    "ClassEvidence",
    "ClassSummary",
    "ClassTraces",
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
    "Split",
    "Spread",
    "Suspect",
    "Traces",
    "TrainingEpoch",
    "TriggerKind",
    "Value",
    "Verdict",
]
