"""The figures of a report, in reading order."""

from ..results import RepairReport
from . import bars, classes, curves, roc
from .canvas import Chart


def of_report(report: RepairReport) -> tuple[Chart, ...]:
    """Every figure that the report has the numbers for."""
    charts = (
        bars.chart(report),
        roc.chart(report),
        curves.pruning(report),
        curves.training(report),
        classes.chart(report),
    )
    return tuple(chart for chart in charts if chart is not None)
