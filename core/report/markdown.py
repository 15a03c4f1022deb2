"""The report and the index as Markdown, short, for tickets."""

import re
from collections.abc import Sequence

from .. import percentages
from ..results import Diagnosis, RepairReport
from . import evidence, roc, tables, traces, triggers, wording
from .index import Row
from .tables import Table


def report_page(report: RepairReport) -> str:
    """The repair card of one repair."""
    parts = [
        f"# {_escaped(wording.verdict(report))}",
        _list(_reasons(report)),
        _table(tables.of_measures(report)),
        f"Change of clean accuracy: {wording.paired_change(report.clean_accuracy_change)}.",
        _section("", evidence.of_summary(report)),
        _section("## With other seeds", evidence.of_seeds(report.seeds)),
        _warnings(report),
        *_good_net(report),
        _section(
            f"## Does it come back?\n\n{evidence.how_reactivated(report.reactivation)}",
            evidence.of_reactivation(report.reactivation),
        ),
        _section(
            f"## What the model itself suggests\n\n{evidence.what_was_diagnosed(report.diagnosis)}",
            evidence.of_diagnosis(report.diagnosis),
        ),
        _section(
            f"### What is left of it\n\n{traces.how_traced(report.traces)}",
            traces.of_traces(report.traces),
        ),
        _section("## Which repairs were tried", evidence.of_candidates(report.candidates)),
        "## What was chosen, and on what",
        _table(tables.of_selection(report)),
        "## How to run it again",
        f"{tables.of_inputs(report).caption}.",
        _table(tables.of_inputs(report)),
        _provenance(report),
        _code(report.command),
        f"> {_escaped(report.caveat or wording.CAVEAT)}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def diagnosis_page(diagnosis: Diagnosis) -> str:
    """The suspects of one model, with the evidence."""
    parts = [
        f"# {triggers.headline(diagnosis)}",
        evidence.what_was_diagnosed(diagnosis),
        *(
            f"## Class {suspect.label}\n\n{_list(suspect.reasons)}"
            for suspect in diagnosis.suspects
            if suspect.is_suspected and suspect.reasons
        ),
        _section("## All classes that were searched", evidence.of_diagnosis(diagnosis)),
        f"## Warnings\n\n{_list(diagnosis.warnings)}" if diagnosis.warnings else "",
        _section("## How it was found", triggers.of_circumstances(diagnosis)),
        f"> {_escaped(triggers.CAVEAT)}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def index_page(rows: Sequence[Row]) -> str:
    """The overview of several accuracy budgets."""
    table = Table(
        caption="One row for each accuracy budget",
        columns=("Budget", "Verdict", "Clean accuracy", "Attack success", "Folder"),
        rows=tuple(_index_row(row) for row in rows),
    )
    return f"# Repairs by accuracy budget\n\n{_table(table)}\n\n> {wording.CAVEAT}\n"


def _index_row(row: Row) -> tuple[str, ...]:
    return (
        percentages.points(-row.max_accuracy_drop),
        wording.STATUS[row.verdict],
        wording.before_and_after(row.clean_accuracy_before, row.clean_accuracy_after),
        wording.before_and_after(row.attack_success_rate_before, row.attack_success_rate_after),
        wording.printable(row.folder),
    )


def _good_net(report: RepairReport) -> tuple[str, ...]:
    goodnet = report.goodnet
    return (
        f"## Good net (N+1 model)\n\nClass {goodnet.class_index} means *backdoored*. "
        f"{wording.good_net_rule(goodnet)}",
        _table(tables.of_good_net(goodnet)),
        _section("", roc.of_curves(goodnet) if goodnet.curves else None),
    )


def _section(heading: str, table: Table | None) -> str:
    """A table under its heading; nothing where there is no table."""
    if table is None:
        return ""
    return f"{heading}\n\n{_table(table)}" if heading else _table(table)


def _reasons(report: RepairReport) -> tuple[str, ...]:
    if report.gate is None:
        return report.verdict_reasons
    return (*report.verdict_reasons, wording.gate(report.gate), *report.gate.reasons)


def _warnings(report: RepairReport) -> str:
    return f"## Warnings\n\n{_list(report.warnings)}" if report.warnings else ""


def _provenance(report: RepairReport) -> str:
    params = ", ".join(f"{name}={wording.setting(value)}" for name, value in report.params.items())
    versions = ", ".join(f"{name} {version}" for name, version in report.versions.items())
    return _list(
        (
            f"Method {report.method}: {params or 'no parameters'}",
            f"Seed {report.seed}, {wording.duration(report.seconds)} on {report.device}",
            f"Versions: {versions}",
        )
    )


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {_escaped(item)}" for item in items)


def _table(table: Table) -> str:
    ruler = ("---",) * len(table.columns)
    rows = (table.columns, ruler, *(tuple(map(_escaped, row)) for row in table.rows))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _code(text: str) -> str:
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _escaped(text: str) -> str:
    """The text as itself: nothing in it is a link, an emphasis, a cell or HTML."""
    return _SPECIAL.sub(r"\\\g<0>", wording.printable(text))


#: Underscores inside a word mean nothing in Markdown and stay readable.
_SPECIAL = re.compile(r"[\\`*<>\[\]|~#&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
