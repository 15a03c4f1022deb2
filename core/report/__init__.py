"""The repair card: JSON, HTML, Markdown and figures of a repair; of several; of a diagnosis."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..results import Diagnosis, RepairReport
from . import canvas, figures, files, html, index, markdown, pictures, triggers
from .pictures import Sample
from .triggers import TriggerPicture
from .wording import CAVEAT

__all__ = ["CAVEAT", "Sample", "TriggerPicture", "write", "write_diagnosis", "write_index"]


def write(report: RepairReport, folder: Path, *, samples: Sequence[Sample] = ()) -> None:
    """Write report.json, report.html, report.md and figures/ into a folder.

    Args:
        report: What is reported; report.json holds it field for field.
        folder: Made where it is missing; files of the same names are replaced, each at once.
        samples: Pictures to show, a few of each set; may be empty.

    Raises:
        OutputNotWritable: A file cannot be written; its name is in the message.
    """
    sets = pictures.by_set(samples)
    charts = figures.of_report(report)
    files.folder(folder)
    files.write(folder / "report.json", _json(report.to_json()))
    files.write(folder / "report.html", html.report_page(report, charts, sets))
    files.write(folder / "report.md", markdown.report_page(report))
    _write_figures(charts, files.folder(folder / "figures"))
    if sets:
        sheet = pictures.sheet(sets, flagged_class=report.goodnet.class_index)
        files.write(folder / "figures" / "samples.png", sheet)


def write_index(reports: Mapping[str, RepairReport], folder: Path) -> None:
    """Write index.json, index.html and index.md: one row for each accuracy budget.

    Args:
        reports: Subfolder, as seen from ``folder``, to the report that lies in it.
        folder: Made where it is missing.

    Raises:
        OutputNotWritable: A file cannot be written; its name is in the message.
    """
    rows = index.of_reports(reports)
    files.folder(folder)
    files.write(folder / "index.json", _json(index.to_json(rows)))
    files.write(folder / "index.html", html.index_page(rows))
    files.write(folder / "index.md", markdown.index_page(rows))


def write_diagnosis(
    diagnosis: Diagnosis, folder: Path, *, drawn: Sequence[TriggerPicture] = ()
) -> Diagnosis:
    """Write diagnosis.json, diagnosis.html, diagnosis.md and triggers/ into a folder.

    Args:
        diagnosis: What was found; diagnosis.json holds it field for field.
        folder: Made where it is missing; files of the same names are replaced, each at once.
        drawn: Pictures of its triggers; may be empty.

    Returns:
        The diagnosis that was written: it names the files of its pictures.

    Raises:
        OutputNotWritable: A file cannot be written; its name is in the message.
    """
    named = triggers.with_files(diagnosis, drawn)
    files.folder(folder)
    if drawn:
        files.folder(folder / triggers.FOLDER)
    for picture in drawn:
        files.write(folder / picture.file, picture.png)
    files.write(folder / "diagnosis.json", _json(named.to_json()))
    files.write(folder / "diagnosis.html", html.diagnosis_page(named, drawn))
    files.write(folder / "diagnosis.md", markdown.diagnosis_page(named))
    return named


def _write_figures(charts: Sequence[canvas.Chart], folder: Path) -> None:
    for chart in charts:
        files.write(folder / f"{chart.name}.svg", chart.svg)


def _json(data: Mapping[str, Any]) -> bytes:
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    # A file name that is no text has lone surrogates; as escapes they are JSON like any other.
    return f"{text}\n".encode("utf-8", "backslashreplace")
