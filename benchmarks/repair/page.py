"""Stage C: docs/benchmark.md and its figures, from the rows that are there."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jinja2

from core import attacks
from core.catalogue import METHODS

from . import ablation, cells, charts, nets, running, tables
from .cells import Judge
from .files import write_whole
from .rows import Row, read_all

_KINDS = {"plain": "without batch normalization", "bn": "with batch normalization"}
#: What the template's own tags leave behind.
_BLANK_LINES = re.compile(r"\n{3,}")
_TEMPLATE = Path(__file__).with_name("benchmark.md.j2")


def write(work: Path, target: Path, *, judge: Judge = "test") -> None:
    """Write the page and its figures.

    Args:
        work: Folder of nets and rows.
        target: The ``.md`` file; the figures go beside it.
        judge: Which rows count; those of development are for tuning, and not published.
    """
    rows = [row for row in sorted(read_all(work), key=_place) if row.cell.judge == judge]
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    words = {**_results(rows, target), **_nets(work), **_provenance(rows)}
    write_whole(target, _BLANK_LINES.sub("\n\n", template.render(words)))


def _place(row: Row) -> tuple[Any, ...]:
    """Methods as in the catalogue, nets as they are trained."""
    cell, net = row.cell, row.cell.net
    known = [*METHODS, cell.treatment.method]
    return (
        known.index(cell.treatment.method),
        cell.treatment.name,
        (net.data, net.normalized, attacks.NAMES.index(net.attack), net.seed),
        cell.seed,
    )


def _results(rows: Sequence[Row], target: Path) -> dict[str, Any]:
    repairs = [row for row in rows if row.cell.treatment not in ablation.TREATMENTS]
    ablated = [row for row in rows if row.cell.treatment in ablation.TREATMENTS]
    usual = [row for row in repairs if row.cell.n_clean is None]
    if not usual:
        return {"rows": (), "ablation": ""}
    return {
        "rows": rows,
        "common": tables.overall(_on_common_nets(usual)),
        "overall": tables.overall(usual),
        "groups": list(_groups(usual)),
        "figures": _figures(usual, target),
        "benign": tables.benign(usual),
        "cost": tables.cost(usual),
        "fewer": list(_fewer(repairs)),
        "ablation": tables.ablation(ablated) if ablated else "",
        "cells": tables.cells(rows),
    }


def _on_common_nets(rows: Sequence[Row]) -> list[Row]:
    """The rows of the poisoned nets that every method was run on with its defaults."""
    nets: dict[str, set[cells.Net]] = {}
    for row in rows:
        if row.cell.net.attack != "benign" and not row.cell.treatment.params:
            nets.setdefault(row.cell.treatment.method, set()).add(row.cell.net)
    common = set.intersection(*nets.values()) if nets else set()
    return [row for row in rows if row.cell.net in common and not row.cell.treatment.params]


def _fewer(rows: Sequence[Row]) -> Iterator[tuple[str, str, str]]:
    """Which clean images, what repairs with them do, and what they cost benign nets."""
    for given in sorted({row.cell.given for row in rows if row.cell.given}):
        own = [row for row in rows if row.cell.given == given]
        yield given, tables.by_attack(own), tables.benign(own)


def _figures(rows: Sequence[Row], target: Path) -> dict[str, str]:
    """Name to file, written beside the page."""
    poisoned = [row for row in rows if row.cell.net.attack != "benign"]
    drawn = {"drop": charts.drop(rows)}
    if poisoned:
        drawn["excess"] = charts.excess(poisoned)
    files = {name: target.with_name(f"{target.stem}-{name}.svg") for name in drawn}
    for name, svg in drawn.items():
        write_whole(files[name], svg)
    return {name: file.name for name, file in files.items()}


def _groups(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """A title and a table of method by attack for each kind of net."""
    kinds = dict.fromkeys((row.cell.net.data, row.cell.net.kind) for row in rows)
    for data, kind in kinds:
        own = [row for row in rows if (row.cell.net.data, row.cell.net.kind) == (data, kind)]
        if any(row.cell.net.attack != "benign" for row in own):
            yield f"{data}, {_KINDS[kind]}", tables.by_attack(own)


def _nets(work: Path) -> dict[str, Any]:
    known = [net for net in cells.nets(attacks.NAMES) if nets.is_trained(work, net)]
    facts = [(net, nets.figures(work, net), nets.shortcomings(work, net)) for net in known]
    return {
        "n_nets": len(known),
        "nets": tables.nets(facts),
        "min_success": f"{100 * nets.MIN_ATTACK_SUCCESS:.0f}",
        "max_loss": f"{100 * nets.MAX_ACCURACY_LOSS:.0f}",
    }


def _provenance(rows: Sequence[Row]) -> dict[str, Any]:
    versions = rows[-1].versions if rows else {}
    return {
        "budget": f"{100 * running.BUDGET:.0f}",
        "commits": ", ".join(sorted({row.code for row in rows})),
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "n_stale": sum(not running.is_current(row) for row in rows),
    }
