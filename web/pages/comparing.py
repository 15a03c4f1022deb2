"""Jobs beside each other: what was asked, what came of it, and their curves in one figure."""

import functools
import types
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flask
import markupsafe

from service import comparing, schemas
from service import errors as service_errors

from .. import reading, services
from . import rendering

blueprint = flask.Blueprint("comparing", __name__)

#: Name of a share to what people call it.
_WORDS = types.MappingProxyType(
    {
        "clean_accuracy": "Clean accuracy",
        "attack_success_rate": "Attack success",
        "robust_accuracy": "Robust accuracy",
        "floor": "Floor of attack success",
        "detection_rate": "Caught",
        "false_positive_rate": "False alarms",
    }
)
_PHASES = types.MappingProxyType(
    {"before": "before", "after": "after", "goodnet": "of the N+1 model"}
)
#: What the address says to show also what is equal in all runs.
_EVERYTHING = "all"
#: Drawings are kept: what is shown and hidden beside them changes more often.
_MOST_KEPT = 32


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The curves of several runs, drawn together."""

    title: str
    #: What it shows, in words.
    caption: str
    svg: markupsafe.Markup
    #: The numbers that are drawn, a `core.report.tables.Table`.
    table: Any


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The rows of a comparison that are shown, and how many are not, being equal in all runs."""

    measures: Sequence[schemas.Measure]
    settings: Sequence[schemas.Difference]
    n_hidden_measures: int = 0
    n_hidden_settings: int = 0


@blueprint.get("/compare")
def show() -> flask.Response:
    """Jobs that the address names; one of them is what the others are measured against."""
    asked = list(dict.fromkeys(flask.request.args.getlist("job")))
    if len(asked) < comparing.FEWEST:
        return rendering.page("compare_nothing.html", n_chosen=len(asked))
    wanted = reading.checked(
        _Chosen, {"job": asked, "baseline": flask.request.args.get("baseline") or None}
    )
    is_everything = _EVERYTHING in flask.request.args
    with services.session(read_only=True) as session:
        found = comparing.compare(session, _ordered(wanted), with_equal=True)
        figures = _figures(session, found)
        names = comparing.input_names(session, wanted.job)
    return rendering.page(
        "compare.html",
        found=found,
        jobs={job.id: job for job in found.jobs},
        asked=[next(job for job in found.jobs if job.id == job_id) for job_id in wanted.job],
        shown=_all(found) if is_everything else _differing(found),
        figures=figures,
        names=names,
        without=_without_figures(found),
        words=_WORDS,
        phases=_PHASES,
        n_drawn=_most_drawn(),
        is_everything=is_everything,
        other_view=_address(wanted, is_everything=not is_everything),
        table=flask.url_for("api.compare.compare_jobs_as_csv", job=_ordered(wanted)),
    )


class _Chosen(schemas.Asked):
    job: tuple[schemas.Id, ...]
    baseline: schemas.Id | None = None


def _ordered(wanted: _Chosen) -> list[str]:
    """The jobs, the baseline first.

    Raises:
        InvalidRequest: It is none of them.
    """
    if wanted.baseline is None:
        return list(wanted.job)
    if wanted.baseline not in wanted.job:
        told = "is none of the jobs that are compared"
        raise service_errors.InvalidRequest(
            f"the baseline {wanted.baseline} {told}",
            errors=[{"pointer": "#/baseline", "detail": told}],
        )
    return [wanted.baseline, *(item for item in wanted.job if item != wanted.baseline)]


def _address(wanted: _Chosen, *, is_everything: bool) -> str:
    pairs = [("job", job_id) for job_id in wanted.job]
    pairs += [("baseline", wanted.baseline)] if wanted.baseline else []
    pairs += [(_EVERYTHING, "1")] if is_everything else []
    return f"/compare?{urllib.parse.urlencode(pairs)}"


def _all(found: schemas.Comparison) -> Shown:
    return Shown(measures=found.measures, settings=found.differences)


def _differing(found: schemas.Comparison) -> Shown:
    measures = [item for item in found.measures if _differs([_told(f) for f in item.figures])]
    settings = [item for item in found.differences if _differs(item.values)]
    return Shown(
        measures=measures,
        settings=settings,
        n_hidden_measures=len(found.measures) - len(measures),
        n_hidden_settings=len(found.differences) - len(settings),
    )


def _told(figure: schemas.Figure | None) -> tuple[float, int] | None:
    """What makes figures equal: the same share of as many images; not measured is a value, too."""
    return None if figure is None else (figure.value, figure.n)


def _differs(values: Sequence[Any]) -> bool:
    return any(value != values[0] for value in values)


def _without_figures(found: schemas.Comparison) -> list[schemas.ComparedJob]:
    """Jobs that have no column, because nothing came of them yet, or ever."""
    with_runs = {run.job_id for run in found.runs}
    return [job for job in found.jobs if job.id not in with_runs]


def _figures(session: Any, found: schemas.Comparison) -> tuple[Figure, ...]:
    """The curves of the first runs; more cannot be told apart."""
    # Imported here because it brings matplotlib along, which few pages need.
    from core.report import overlays

    runs = found.runs[: overlays.MOST]
    names = _names(found)
    return _drawn(
        tuple(
            overlays.Run(number=number, name=name, pruning=curves.pruning, training=curves.training)
            for number, (name, curves) in enumerate(
                zip(names, comparing.curves(session, runs), strict=False), 1
            )
        )
    )


@functools.lru_cache(maxsize=_MOST_KEPT)
def _drawn(runs: tuple[Any, ...]) -> tuple[Figure, ...]:
    from core.report import canvas, overlays

    charts = (overlays.training(runs), overlays.pruning(runs))
    return tuple(
        Figure(
            title=chart.title,
            caption=chart.caption,
            svg=markupsafe.Markup(canvas.inline(chart)),  # core drew it, and escaped its names
            table=chart.table,
        )
        for chart in charts
        if chart is not None
    )


def _most_drawn() -> int:
    from core.report import overlays

    return overlays.MOST


def _names(found: schemas.Comparison) -> Iterator[str]:
    """What each run is called; its budget is in it where its job has several."""
    jobs: Mapping[str, schemas.ComparedJob] = {job.id: job for job in found.jobs}
    job_ids = [run.job_id for run in found.runs]
    for run in found.runs:
        job = jobs[run.job_id]
        name = job.name or f"{job.method} {job.id[-6:]}"
        is_one_of_several = job_ids.count(run.job_id) > 1
        yield f"{name}, {100 * run.max_accuracy_drop:g} points" if is_one_of_several else name
