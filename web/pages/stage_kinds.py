"""The stages of work, as core names them, in our words; and which of them a job goes through."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.tables import Job


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A stage of the work, as core names it, in our words."""

    name: str
    title: str
    #: What the work does in it.
    doing: str
    #: What is counted meanwhile.
    unit: str = "images"
    #: Whether it is done once for all accuracy budgets; the others are, for each.
    is_shared: bool = False
    #: Whether it stands for all that a method or a diagnosis does, whatever that calls its steps.
    is_whole: bool = False


_LOAD = Kind(name="load", title="Load", doing="Reading the model and the images", is_shared=True)
_BASELINE = Kind(
    name="baseline", title="Baseline", doing="Measuring the model as it came", is_shared=True
)
_PRUNE = Kind(name="prune", title="Prune", doing="Finding out which channels can go")
_FINE_TUNE = Kind(name="finetune", title="Fine-tune", doing="Fine-tuning", unit="epochs")
_REPAIR = Kind(name="repair", title="Repair", doing="Repairing", unit="", is_whole=True)
_SEARCH = Kind(name="search", title="Search", doing="Looking for suspects", unit="", is_whole=True)
_EVALUATE = Kind(name="evaluate", title="Evaluate", doing="Measuring the repaired model")
_REACTIVATE = Kind(
    name="reactivate",
    title="Re-activate",
    doing="Trying whether a few poisoned images bring the backdoor back",
    unit="epochs",
)
_TRACES = Kind(
    name="traces",
    title="Traces",
    doing="Looking for what is left of the evidence against suspects",
    unit="steps",
)
_SEEDS = Kind(
    name="seeds", title="Seeds", doing="Repairing once more with other seeds", unit="repairs"
)
_PACKAGE = Kind(
    name="package", title="Package", doing="Measuring the N+1 model and writing the files"
)
_WRITE = Kind(name="package", title="Package", doing="Writing the files")
_EXTRAS = (_REACTIVATE, _TRACES, _SEEDS)
#: What methods and diagnoses call their steps, in the order of nothing.
_STEPS = (
    _PRUNE,
    _FINE_TUNE,
    Kind(name="diagnose", title="Diagnose", doing="Looking for suspects", unit="classes"),
    Kind(name="invert", title="Search", doing="Searching for triggers", unit="steps"),
    Kind(name="margins", title="Margins", doing="Searching for the largest margins", unit="steps"),
    Kind(name="unlearn", title="Unlearn", doing="Unlearning the triggers", unit="epochs"),
    Kind(name="distil", title="Distil", doing="Distilling", unit="epochs"),
)
#: Methods that are told step by step; of the others the repair is one stage.
_TOLD_IN_STEPS: Mapping[str, tuple[Kind, ...]] = types.MappingProxyType(
    {
        "fine-pruning": (_PRUNE, _FINE_TUNE),
        "fine-tuning": (_FINE_TUNE,),
        "magnitude-pruning": (_FINE_TUNE,),
    }
)
KINDS: Mapping[str, Kind] = types.MappingProxyType(
    {kind.name: kind for kind in (*_STEPS, _LOAD, _BASELINE, _EVALUATE, *_EXTRAS, _PACKAGE)}
)


def of_job(job: Job) -> tuple[Kind, ...]:
    """The stages of a job, in order."""
    if job.kind == "diagnose":
        return (_LOAD, _SEARCH, _WRITE)
    steps = _TOLD_IN_STEPS.get(job.method or "", (_REPAIR,))
    return (_LOAD, _BASELINE, *steps, _EVALUATE, *_extra(job), _PACKAGE)


def _extra(job: Job) -> Iterator[Kind]:
    """What is done only where it was asked for."""
    request: Mapping[str, Any] = job.request or {}
    if request.get("reactivation") and request.get("data", {}).get("poisoned_test"):
        yield _REACTIVATE
    if request.get("traces") and _diagnoses(job):
        yield _TRACES
    if request.get("n_seeds", 1) > 1:
        yield _SEEDS


def _diagnoses(job: Job) -> bool:
    """Whether its method begins with a diagnosis: `auto`, and those that may choose the classes."""
    return job.method == "auto" or (job.request or {}).get("params", {}).get("labels") == "auto"
