"""What a repair came to, as the page of its job shows it: core's figures, words and tables."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import markupsafe

from core.results import RepairReport
from service import errors as service_errors
from service.reports import ChosenReport
from service.storage import Storage
from service.tables import Artifact

from . import suspects
from .suspects import Diagnosed

#: Figure to the curve of `api.cards.show_series_csv` that is drawn in it.
_SERIES = types.MappingProxyType(
    {"pruning-curve": "prune_curve", "training-curves": "training_curve"}
)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the report, with all that is said about it."""

    name: str
    title: str
    #: What it shows, in one sentence.
    caption: str
    #: For the inside of the page; ``None`` where the file is not there.
    svg: markupsafe.Markup | None
    #: The numbers that are drawn, a `core.report.tables.Table`.
    table: Any
    #: Which series of the API has them as a file.
    series: str | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """One report, ready to be shown."""

    chosen: ChosenReport
    report: RepairReport
    #: The verdict in one line.
    verdict: str
    #: The numbers to read first, each a `core.report.headlines.Headline`.
    headlines: Sequence[Any]
    #: Figures set by set, each a `core.report.measures.Group`.
    groups: Sequence[Any]
    #: Figure to what it says.
    meanings: Mapping[str, str]
    figures: Sequence[Figure]
    #: Name to a `core.report.tables.Table`; ``None`` where there is nothing to tell.
    tables: Mapping[str, Any]
    #: How numbers are said: the module `core.report.wording`.
    say: Any
    #: How it was tried whether the backdoor comes back; empty where it was not.
    how_reactivated: str
    #: How the suspects were looked at once more, and what it says; empty where they were not.
    how_traced: str
    #: What weights and clean images say of the model; ``None`` where nobody asked them.
    suspects: Diagnosed | None


def result_of(
    job_id: str, chosen: ChosenReport, files: Mapping[str, Artifact], storage: Storage
) -> Result:
    """All that the page shows of a report.

    Args:
        job_id: A repair that has ended.
        chosen: One of its reports.
        files: Name to what the job made.
        storage: Where its figures lie.
    """
    # Imported here because it brings matplotlib along, which no other page needs.
    from core.report import evidence, figures, headlines, measures, traces, wording

    report = RepairReport.from_json(chosen.report)
    return Result(
        chosen=chosen,
        report=report,
        verdict=wording.verdict(report),
        headlines=headlines.of_report(report),
        groups=measures.of_report(report),
        meanings=measures.MEANINGS,
        figures=[
            _figure(chart, files.get(chosen.path(f"figures/{chart.name}.svg")), storage)
            for chart in figures.of_report(report)
        ],
        tables=_tables(report),
        say=wording,
        how_reactivated=evidence.how_reactivated(report.reactivation),
        how_traced=traces.how_traced(report.traces),
        suspects=(
            None
            if report.diagnosis is None
            else suspects.shown(report.diagnosis, job_id=job_id, files=files, folder=chosen.folder)
        ),
    )


def _tables(report: RepairReport) -> dict[str, Any]:
    from core.report import evidence, roc, tables, traces

    return {
        "summary": evidence.of_summary(report),
        "seeds": evidence.of_seeds(report.seeds),
        "reactivation": evidence.of_reactivation(report.reactivation),
        "traces": traces.of_traces(report.traces),
        "candidates": evidence.of_candidates(report.candidates),
        "curves": roc.of_curves(report.goodnet) if report.goodnet.curves else None,
        "good_net": tables.of_good_net(report.goodnet),
        "selection": tables.of_selection(report),
        "inputs": tables.of_inputs(report),
        "params": tables.of_settings(f"Parameters of {report.method}", report.params),
        "versions": tables.of_settings("Versions", report.versions),
    }


def _figure(chart: Any, file: Artifact | None, storage: Storage) -> Figure:
    from core.report import canvas

    drawn = None if file is None else _text(file, storage)
    return Figure(
        name=chart.name,
        title=chart.title,
        caption=chart.caption,
        # Core drew it, and escaped the names in it.
        svg=markupsafe.Markup(canvas.on_page(drawn, caption=chart.caption)) if drawn else None,
        table=chart.table,
        series=_SERIES.get(chart.name),
    )


def _text(file: Artifact, storage: Storage) -> str | None:
    """A figure that cannot be had is left out; its numbers stand in its table."""
    try:
        with storage.open(file.sha256) as stream:
            return stream.read().decode()
    except service_errors.NotFound:
        return None
