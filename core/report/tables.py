"""Tables of ready-made text, for the page, the figures and the ticket alike."""

from collections.abc import Mapping
from dataclasses import dataclass

from .. import percentages
from ..results import GoodNetResult, PreprocessingChoice, Rate, RepairReport, Split
from . import measures, wording

_HOW_ROWS_ARE_HASHED = (
    "; of the clean validation images the rows that were tuned on and selected on, "
    "counted from 0, with the SHA-256 of their numbers, one to a line"
)
#: More channels of a layer than these are only counted.
_CHANNELS_SHOWN = 40


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of text under headings; the first column names the row."""

    #: What the table holds, for who cannot see it.
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def of_measures(report: RepairReport) -> Table:
    """Every figure before and after, with interval and number of images."""
    return Table(
        caption="All figures before and after the repair, with 95 % intervals",
        columns=("Measured on", "Figure", "Before", "After"),
        rows=tuple(
            (
                wording.printable(group.name),
                measure.name,
                wording.rate_in_full(measure.before),
                wording.rate_in_full(measure.after),
            )
            for group in measures.of_report(report)
            for measure in group.measures
        ),
    )


def of_good_net(goodnet: GoodNetResult) -> Table:
    """What the N+1 model does with clean and with poisoned images."""
    rates: list[tuple[str, Rate | None]] = [
        ("clean test images put in their class", goodnet.clean_accuracy),
        ("clean test images flagged (false positives)", goodnet.false_positive_rate),
    ]
    rates += [
        (f"images of '{wording.printable(name)}' flagged", rate)
        for name, rate in goodnet.detection_rate.items()
    ]
    return Table(
        caption="What the N+1 model answers",
        columns=("Share of", "Measured"),
        rows=tuple((name, wording.rate_in_full(rate)) for name, rate in rates),
    )


def of_inputs(report: RepairReport) -> Table:
    """The files that were read and the parts of the clean images, with their SHA-256."""
    inputs = report.inputs
    files = [("model", inputs.model), ("clean validation", inputs.clean_validation)]
    files += [("clean test", inputs.clean_test)] if inputs.clean_test else []
    files += [("poisoned test", poisoned) for poisoned in inputs.poisoned_test]
    files += [("unlabelled", inputs.unlabelled)] if inputs.unlabelled else []
    rows = [
        (role, file.name, "" if file.n is None else wording.count(file.n), file.sha256)
        for role, file in files
    ]
    rows += _parts(report.split, inputs.clean_validation.name) if report.split else []
    return Table(
        caption=f"Files that were read{_HOW_ROWS_ARE_HASHED if report.split else ''}",
        columns=("Role", "File", "Images", "SHA-256"),
        rows=tuple((role, wording.printable(name), n, sha256) for role, name, n, sha256 in rows),
    )


def of_classes(changes: tuple[measures.ClassChange, ...]) -> Table:
    """Accuracy of each class before and after, in the order of the changes."""
    return Table(
        caption="Accuracy of each class on the clean test images",
        columns=("Class", "Images", "Before", "After", "Change"),
        rows=tuple(
            (
                wording.printable(change.label),
                wording.count(change.n),
                percentages.percent(change.before),
                percentages.percent(change.after),
                percentages.points(change.value),
            )
            for change in changes
        ),
    )


def of_selection(report: RepairReport) -> Table:
    """What was chosen, on what, by which rule."""
    chosen = report.selection
    rows = [
        ("Rule", chosen.rule),
        (
            "Chosen on",
            f"clean validation images only: {wording.count(chosen.n_tune)} to tune on, "
            f"{wording.count(chosen.n_select)} to select on",
        ),
        ("Accuracy budget", f"{percentages.points(-chosen.max_accuracy_drop)} on select images"),
        (
            "Select accuracy",
            f"{percentages.percent(chosen.select_accuracy_before)} before, "
            f"{percentages.percent(chosen.select_accuracy_after)} after",
        ),
        *((f"Channels pruned in {layer}", _some(of)) for layer, of in chosen.channels.items()),
        ("Epoch kept", "none" if chosen.epoch is None else str(chosen.epoch)),
        ("Preprocessing", _preprocessing(report.preprocessing)),
    ]
    return Table(
        caption="What was chosen, and on what",
        columns=("Choice", "Value"),
        rows=tuple((wording.printable(name), wording.printable(value)) for name, value in rows),
    )


def of_settings(caption: str, settings: Mapping[str, object]) -> Table:
    """Names and values, such as the parameters of a method or the versions of libraries."""
    return Table(
        caption=caption,
        columns=("Name", "Value"),
        rows=tuple(
            (wording.printable(name), wording.setting(value)) for name, value in settings.items()
        ),
    )


def _parts(split: Split, name: str) -> list[tuple[str, str, str, str]]:
    return [
        ("tuned on", f"rows of {name}", wording.count(split.n_tune), split.tune_sha256),
        ("selected on", f"rows of {name}", wording.count(split.n_select), split.select_sha256),
    ]


def _some(channels: tuple[int, ...]) -> str:
    shown = ", ".join(str(channel) for channel in channels[:_CHANNELS_SHOWN])
    more = len(channels) - _CHANNELS_SHOWN
    rest = f" and {more} more, all of them in report.json" if more > 0 else ""
    return f"{len(channels)}: {shown}{rest}" if channels else "0"


def _preprocessing(choice: PreprocessingChoice) -> str:
    how = "declared" if choice.declared else "found by itself"
    tried = ", ".join(f"{name} {percentages.percent(got)}" for name, got in choice.tried.items())
    return f"{choice.name}, {how}: {choice.reason}" + (f" (tried: {tried})" if tried else "")
