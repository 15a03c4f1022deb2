"""Everything one repair has to say: `RepairReport` is the JSON contract of report.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .candidates import Candidate
from .choices import Gate, Inputs, PreprocessingChoice, Selection
from .curves import PruningStep, TrainingEpoch
from .diagnoses import Diagnosis
from .evidence import Reactivation, SeedSpread
from .figures import ClassSummary, Evaluation, PairedChange
from .goodnets import GoodNetResult
from .splits import Split
from .traces import Traces
from .values import Value

Verdict = Literal["repaired", "partial", "not_repaired", "inconclusive", "unchanged"]


@dataclass(frozen=True, kw_only=True)
class RepairReport(Value):
    """Everything one repair has to say; field for field what report.json holds."""

    verdict: Verdict
    #: Why that verdict, a sentence each.
    verdict_reasons: tuple[str, ...]
    method: str
    params: Mapping[str, Any]
    seed: int
    selection: Selection
    preprocessing: PreprocessingChoice
    inputs: Inputs
    #: Library to version.
    versions: Mapping[str, str]
    #: The exact command to run it again.
    command: str
    seconds: float
    before: Evaluation
    after: Evaluation
    #: Paired change of clean accuracy; ``None`` without a clean test set.
    clean_accuracy_change: PairedChange | None
    goodnet: GoodNetResult
    pruning_curve: tuple[PruningStep, ...] = ()
    training_curve: tuple[TrainingEpoch, ...] = ()
    gate: Gate | None = None
    warnings: tuple[str, ...] = ()
    #: What the figures do not show; always printed.
    caveat: str = ""
    #: Name of the GPU that the work was done on, or ``cpu``.
    device: str = "cpu"
    #: What weights and clean images say about the model; ``None`` where the method does not ask.
    diagnosis: Diagnosis | None = None
    #: What `auto` tried; empty with any other method.
    candidates: tuple[Candidate, ...] = ()
    #: ``None`` without a clean test set.
    classes: ClassSummary | None = None
    #: Name of a poisoned set to its defence effectiveness rating, in [0, 1]; ``None`` where it was
    #: not measured. It says nothing without the accuracy and the attack success that it is made of.
    effectiveness: Mapping[str, float | None] = field(default_factory=dict)
    #: One test for each poisoned set; empty where it was left out.
    reactivation: tuple[Reactivation, ...] = ()
    #: ``None`` where the repair was done with one seed.
    seeds: SeedSpread | None = None
    #: Most memory that the process had at a time, in bytes, with all that it measured.
    peak_memory_bytes: int | None = None
    #: Which clean validation images were tuned on, and which selected on; ``None`` in old reports.
    split: Split | None = None
    #: What the diagnosis went by, once more in the repaired model; ``None`` where there was no
    #: diagnosis, or nothing was repaired.
    traces: Traces | None = None
    #: Size of the contract; grows when fields are added.
    schema_version: int = 4
