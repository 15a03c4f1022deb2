"""Reports and figures as tables for people, on stdout."""

from collections.abc import Mapping
from pathlib import Path

from core.report import CAVEAT, evidence, index, tables, wording
from core.results import Diagnosis, Evaluation, PreprocessingChoice, Rate, RepairReport

from . import phrases, terminal


def print_repair(reports: Mapping[str, RepairReport], folder: Path) -> None:
    """What one repair did, or a line for each accuracy budget, and where the rest is to be read."""
    print_reports(reports)
    page = folder / ("report.html" if "" in reports else "index.html")
    terminal.say(f"Report: {page}")


def print_reports(reports: Mapping[str, RepairReport]) -> None:
    """What one repair did, or a line for each accuracy budget."""
    if "" in reports:
        _print_report(reports[""])
    else:
        _print_overview(reports)
    for warning in dict.fromkeys(line for item in reports.values() for line in item.warnings):
        terminal.say(f"Warning: {warning}", style="yellow")
    for name, report in reports.items():
        _print_gate(report, name)
    terminal.say(CAVEAT, style="dim")


def print_evaluation(evaluation: Evaluation, choice: PreprocessingChoice) -> None:
    """All figures of a model as it is."""
    rows: list[tuple[str, str, Rate | None]] = [
        ("clean test images", "Clean accuracy", evaluation.clean_accuracy)
    ]
    for attack in evaluation.attacks:
        target = "each its own" if attack.target_label is None else f"class {attack.target_label}"
        name = f"{attack.name} (target: {target})"
        rows += [
            (name, "Attack success rate", attack.attack_success_rate),
            ("", "Robust accuracy", attack.robust_accuracy),
            ("", "Floor", attack.floor),
        ]
    texts = [(name, figure, wording.rate_in_full(rate)) for name, figure, rate in rows]
    terminal.print_table(("Measured on", "Figure", "Measured"), texts)
    terminal.say(f"Preprocessing {choice.name}: {choice.reason}")


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """The most suspicious classes with the evidence; a suspect is never proof."""
    terminal.say(evidence.what_was_diagnosed(diagnosis))
    found = evidence.of_diagnosis(diagnosis)
    if found is not None:
        terminal.print_table(found.columns, found.rows)
    for suspect in diagnosis.suspects:
        for reason in suspect.reasons:
            terminal.say(f"Class {suspect.label}: {reason}")
    for warning in diagnosis.warnings:
        terminal.say(f"Warning: {warning}", style="yellow")


def _print_report(report: RepairReport) -> None:
    terminal.say(wording.verdict(report), style=phrases.STYLES[report.verdict])
    figures = tables.of_measures(report)
    terminal.print_table(figures.columns, figures.rows)
    change = wording.paired_change(report.clean_accuracy_change)
    terminal.say(f"Change of clean accuracy: {change}")
    good_net = tables.of_good_net(report.goodnet)
    title = f"N+1 model (class {report.goodnet.class_index} means backdoored)"
    terminal.print_table((title, "Measured"), good_net.rows)


def _print_overview(reports: Mapping[str, RepairReport]) -> None:
    columns = ("Budget", "Verdict", "Clean accuracy", "Attack success", "Folder")
    terminal.print_table(columns, (_overview_row(row) for row in index.of_reports(reports)))


def _overview_row(row: index.Row) -> tuple[str, ...]:
    return (
        wording.points(-row.max_accuracy_drop),
        wording.STATUS[row.verdict],
        wording.before_and_after(row.clean_accuracy_before, row.clean_accuracy_after),
        wording.before_and_after(row.attack_success_rate_before, row.attack_success_rate_after),
        row.folder,
    )


def _print_gate(report: RepairReport, name: str) -> None:
    if report.gate is None:
        return
    text = " ".join([wording.gate(report.gate), *report.gate.reasons])
    style = "green" if report.gate.passed else "red"
    terminal.say(f"{name}: {text}" if name else text, style=style)
