"""The report and the index as one HTML file each: no script, no network, all text escaped."""

import functools
import re
from collections.abc import Sequence

import jinja2
from markupsafe import Markup

from ..results import Diagnosis, RepairReport
from . import (
    canvas,
    evidence,
    headlines,
    measures,
    pictures,
    roc,
    tables,
    traces,
    triggers,
    wording,
)
from .canvas import Chart
from .index import Row
from .pictures import SampleSet
from .triggers import TriggerPicture

#: Where fewer classes are suspected, others are shown with them, to compare.
_CLASSES_PICTURED = 6


def report_page(report: RepairReport, charts: Sequence[Chart], sets: Sequence[SampleSet]) -> str:
    """The repair card of one repair."""
    template = _environment().get_template("report.html")
    return template.render(
        report=report,
        verdict=wording.verdict(report),
        status=wording.STATUS[report.verdict],
        headlines=headlines.of_report(report),
        groups=measures.of_report(report),
        meanings=measures.MEANINGS,
        charts=charts,
        sets=sets,
        caveat=report.caveat or wording.CAVEAT,
    )


def diagnosis_page(diagnosis: Diagnosis, drawn: Sequence[TriggerPicture]) -> str:
    """The suspects of one model, with the evidence and pictures of their triggers."""
    template = _environment().get_template("diagnosis.html")
    return template.render(
        diagnosis=diagnosis,
        headline=triggers.headline(diagnosis),
        told=triggers.told(diagnosis, drawn, most=_CLASSES_PICTURED),
        how_to_read=triggers.HOW_TO_READ,
        caveat=triggers.CAVEAT,
    )


def index_page(rows: Sequence[Row]) -> str:
    """The overview of several accuracy budgets."""
    template = _environment().get_template("index.html")
    return template.render(rows=rows, caveat=wording.CAVEAT)


@functools.cache
def _environment() -> jinja2.Environment:
    assert __package__
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        wording=wording,
        tables=tables,
        evidence=evidence,
        roc=roc,
        traces=traces,
        triggers=triggers,
        pictures=pictures,
        inline_svg=_inline_svg,
    )
    environment.filters["typeset"] = _typeset
    return environment


def _inline_svg(chart: Chart) -> Markup:
    # Ours from end to end; matplotlib and canvas.inline escape the names that are in it.
    return Markup(canvas.inline(chart))


def _typeset(text: str) -> str:
    """The text with numbers kept on one line with what belongs to them."""
    return _NUMBER_SPACE.sub("\N{NO-BREAK SPACE}", text)


#: The space before a percent sign, and those around an equals or less-than sign.
_NUMBER_SPACE = re.compile(r" (?=[%=<] ?)|(?<= [=<]) (?=\d)")
