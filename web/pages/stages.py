"""How far a job has got, in words: its stages, what it does now, and what happened so far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core import percentages
from service.tables import FINAL, Job, JobEvent

from . import stage_kinds
from .rendering import STATES
from .stage_kinds import KINDS, Kind

Place = Literal["done", "now", "next", "stopped"]


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


def of_job(job: Job) -> tuple[Stage, ...]:
    """The stages of a job, and which of them it has behind it."""
    kinds = stage_kinds.of_job(job)
    reached = _reached(kinds, job.stage)
    return tuple(
        Stage(kind=kind, place=_place(job.state, number, reached))
        for number, kind in enumerate(kinds)
    )


def words() -> dict[str, dict[str, str]]:
    """Stage to what the work does in it and what it counts, for the script of the page."""
    return {name: {"doing": kind.doing, "unit": kind.unit} for name, kind in KINDS.items()}


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
    kind = KINDS.get(job.stage or "")
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
    # Of a stage that stands for several steps nobody knows how many there are.
    total = None if stages[now].kind.is_whole else job.progress_total
    of_stage = (job.progress_current or 0) / total if total else 0.0
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


def _reached(kinds: Sequence[Kind], name: str | None) -> int:
    """Number of the stage that is called so, or that stands for it; -1 before the first one."""
    numbers = {kind.name: number for number, kind in enumerate(kinds)}
    whole = next((number for number, kind in enumerate(kinds) if kind.is_whole), -1)
    return -1 if name is None else numbers.get(name, whole)


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
    kind = KINDS.get(data["stage"])
    return (kind.doing if kind else data["stage"]) if is_new else ""
