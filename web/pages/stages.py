"""How far a job has got, in words: its stages, what it does now, and what happened so far."""

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core import percentages
from service.tables import FINAL, Job, JobEvent

from .rendering import STATES

Place = Literal["done", "now", "next", "stopped"]


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


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage of one job."""

    kind: Kind
    place: Place


@dataclass(frozen=True, kw_only=True)
class Lap:
    """Which of several accuracy budgets a job works on."""

    #: Counted from 1.
    number: int
    total: int

    @property
    def words(self) -> str:
        """As people read it."""
        return f"Budget {self.number} of {self.total}"


KINDS = (
    Kind(name="load", title="Load", doing="Reading the model and the images", is_shared=True),
    Kind(name="baseline", title="Baseline", doing="Measuring the model as it came", is_shared=True),
    Kind(name="prune", title="Prune", doing="Finding out which channels can go"),
    Kind(name="finetune", title="Fine-tune", doing="Fine-tuning", unit="epochs"),
    Kind(name="evaluate", title="Evaluate", doing="Measuring the repaired model"),
    Kind(name="package", title="Package", doing="Measuring the N+1 model and writing the files"),
)
#: Stages that some methods do not have.
_SKIPPED: Mapping[str, frozenset[str]] = types.MappingProxyType(
    {"fine-tuning": frozenset({"prune"}), "magnitude-pruning": frozenset({"prune"})}
)


def of_job(job: Job) -> tuple[Stage, ...]:
    """The stages of a repair, and which of them it has behind it."""
    skipped = _SKIPPED.get(job.method or "", frozenset())
    kinds = [kind for kind in KINDS if kind.name not in skipped]
    names = [kind.name for kind in kinds]
    reached = names.index(job.stage) if job.stage in names else -1
    return tuple(
        Stage(kind=kind, place=_place(job.state, number, reached))
        for number, kind in enumerate(kinds)
    )


def lap_of(events: Sequence[JobEvent]) -> Lap | None:
    """The budget that the latest of the events is about; ``None`` if it is about no single one."""
    latest = next((event.data for event in reversed(events) if event.type == "progress"), {})
    return _lap(latest)


def sentence(job: Job, lap: Lap | None = None) -> str:
    """What a job does now: ``Budget 2 of 3: fine-tuning, 3 of 20 epochs``."""
    words = _sentence(job)
    is_at_work = job.state in ("starting", "running") and job.stage is not None
    return _with_lap(lap, words) if is_at_work else words


def _sentence(job: Job) -> str:
    kind = next((kind for kind in KINDS if kind.name == job.stage), None)
    if job.state not in ("starting", "running") or job.stage is None:
        return STATES[job.state]
    doing = kind.doing if kind else job.stage
    if not job.progress_total:
        return doing
    unit = kind.unit if kind else ""
    return f"{doing}, {job.progress_current:,} of {job.progress_total:,} {unit}".rstrip()


def share_done(stages: Sequence[Stage], job: Job, lap: Lap | None = None) -> float | None:
    """How much of its stages a job has behind it, in [0, 1]; ``None`` before the first one.

    Those that are done for each budget count as often.
    """
    now = next((number for number, stage in enumerate(stages) if stage.place == "now"), None)
    if now is None:
        return None
    of_stage = (job.progress_current or 0) / job.progress_total if job.progress_total else 0.0
    n_shared = sum(stage.kind.is_shared for stage in stages)
    n_of_lap, n_laps = len(stages) - n_shared, n_budgets(job)
    # What comes after the last budget, such as the writing of all results, is about none of them.
    laps_done = 0 if now < n_shared else (lap.number if lap else n_laps) - 1
    return (now + laps_done * n_of_lap + of_stage) / (n_shared + n_laps * n_of_lap)


def n_budgets(job: Job) -> int:
    """How often the stages after the baseline are done."""
    return len((job.request or {}).get("max_accuracy_drops", ())) or 1


def told(events: Sequence[JobEvent]) -> Iterator[tuple[JobEvent, str]]:
    """What is worth reading of what happened, in order, with the words for it."""
    stage, lap = None, None
    for event in events:
        if event.type == "state":
            yield event, _of_state(event.data)
            continue
        is_new_lap = (_lap(event.data) or lap) != lap
        words = _of_work(event.data, is_new_lap or event.data["stage"] != stage)
        stage, lap = event.data["stage"], _lap(event.data) or lap
        if words:
            yield event, _with_lap(lap if is_new_lap else None, words)


def _lap(data: Mapping[str, Any]) -> Lap | None:
    number, total = data.get("budget"), data.get("n_budgets")
    return Lap(number=number, total=total) if number and total else None


def _with_lap(lap: Lap | None, words: str) -> str:
    return f"{lap.words}: {words[:1].lower()}{words[1:]}" if lap else words


def _place(state: str, number: int, reached: int) -> Place:
    if state == "succeeded" or number < reached:
        return "done"
    if number > reached:
        return "next"
    return "stopped" if state in FINAL else "now"


def _of_state(data: Mapping[str, Any]) -> str:
    words = STATES[data["state"]]
    attempt, reason = data.get("attempt") or 0, data.get("reason")
    again = f", attempt {attempt}" if attempt > 1 else ""
    return f"{words}{again}: {reason}" if reason else f"{words}{again}"


def _of_work(data: Mapping[str, Any], is_new: bool) -> str:  # noqa: FBT001
    """Each epoch, each message, and the begin of each stage; not each batch."""
    metric = data.get("metric") or {}
    if data["stage"] == "finetune" and "select_accuracy" in metric:
        loss = f", loss {metric['loss']:.4g}" if "loss" in metric else ""
        accuracy = percentages.percent(metric["select_accuracy"])
        return f"Epoch {data['current']}: accuracy on select images {accuracy}{loss}"
    if data.get("message"):
        return str(data["message"])
    kind = next((kind for kind in KINDS if kind.name == data["stage"]), None)
    return (kind.doing if kind else data["stage"]) if is_new else ""
