"""The tables of the page, as Markdown; every figure in points unless its column says else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median

from core import attacks

from . import summaries
from .ablation import VARIANTS
from .cells import Net
from .measuring import Figures
from .rows import Cost, Row
from .summaries import Interval

#: What parameters may be tuned on; every other attack is reported as it falls.
DEVELOPMENT = ("badnets", "blended")
#: A trigger that works so much more often than the floor is left standing.
STANDING = 0.3
_ABSENT = "–"


def nets(known: Sequence[tuple[Net, Figures, tuple[str, ...]]]) -> str:
    """What the nets are worth as they come, and what keeps one from being a fair case."""
    rows = (
        (
            net.name,
            _points(figures.accuracy),
            _list(each.attack_success for each in figures.triggers),
            _list(each.floor for each in figures.triggers),
            "; ".join(shortcomings) or "fair",
        )
        for net, figures, shortcomings in known
    )
    return _table(("net", "accuracy", "attack success", "floor", "case"), rows)


def overall(rows: Sequence[Row]) -> str:
    """One line for each method, over all its poisoned nets."""
    lines = ((name, *_overall(own)) for name, own in _by_method(_poisoned(rows)))
    return _table(
        (
            "method", "nets", "excess, median [95 %]", "largest", "drop, median [95 %]",
            f"above {100 * STANDING:.0f}", "re-activated, median", "repairs", "failed",
        ),
        lines,
    )  # fmt: skip


def by_attack(rows: Sequence[Row]) -> str:
    """Method by attack: median excess attack success over seeds, and median drop beside it."""
    known = [name for name in attacks.NAMES if name in {row.cell.net.attack for row in rows}]
    marked = [f"{name} †" if name in DEVELOPMENT else name for name in known if name != "benign"]
    lines = (
        (name, *(_pair(_of_attack(own, attack)) for attack in known if attack != "benign"))
        for name, own in _by_method(rows)
    )
    return _table(("method", *marked), lines)


def benign(rows: Sequence[Row]) -> str:
    """What each method does to nets that have no backdoor."""
    lines = (
        (
            name,
            str(len(own)),
            _signed(median(row.drop for row in own)),
            _signed(max(row.drop for row in own)),
            str(sum(row.is_unchanged for row in own)),
            str(sum(bool(row.suspects) for row in own)),
        )
        for name, own in _by_method(_of_attack(rows, "benign"))
    )
    return _table(
        ("method", "repairs", "drop, median", "largest", "left unchanged", "something suspected"),
        lines,
    )


def cost(rows: Sequence[Row]) -> str:
    """What a repair takes, against one plain epoch of fine-tuning on the same net."""
    epochs = {
        row.cell.net: row.cost.epoch_cpu_seconds
        for row in rows
        if row.cell.treatment.name == "fine-tuning" and row.cost and row.cost.epoch_cpu_seconds
    }
    lines = (
        (name, *_cost([row for row in own if row.cost], epochs)) for name, own in _by_method(rows)
    )
    return _table(
        ("method", "CPU seconds, median", "largest", "epochs of fine-tuning", "peak MiB",
         "MiB more than at the start"),
        lines,
    )  # fmt: skip


def ablation(rows: Sequence[Row]) -> str:
    """What forget-and-distil is worth with more or less laid over its student's images."""
    known = sorted({row.cell.net for row in rows})
    lines = (
        (label, *(_pair(_treated(rows, net, params)) for net in known))
        for label, params in VARIANTS.items()
    )
    return _table(("variant", *(net.name for net in known)), lines)


def cells(rows: Iterable[Row]) -> str:
    """Every repair, trigger by trigger; failures as well."""
    lines = (line for row in rows for line in _cell(row))
    return _table(
        (
            "net", "method", "seed", "trigger", "accuracy", "worst decile", "attack success",
            "floor", "benign net", "re-activated", "robust accuracy", "DER", "s", "row",
        ),
        lines,
    )  # fmt: skip


def _overall(rows: Sequence[Row]) -> tuple[str, ...]:
    worst = [value for row in rows if (value := summaries.excess(row)) is not None]
    taught = [
        max(known) for row in rows if (known := [t for t in row.reactivated if t is not None])
    ]
    return (
        str(len({row.cell.net for row in rows})),
        _interval(summaries.excess_interval(rows)),
        _signed(max(worst)),
        _interval(summaries.drop_interval(rows)),
        str(sum(value > STANDING for value in worst)),
        f"{100 * median(taught):.1f}" if taught else _ABSENT,
        str(len(rows)),
        str(sum(row.status != "ok" for row in rows)),
    )


def _cost(rows: Sequence[Row], epochs: dict[Net, float]) -> tuple[str, ...]:
    costs = [row.cost for row in rows if row.cost]
    if not costs:
        return (_ABSENT,) * 5
    ratios = [
        row.cost.cpu_seconds / epochs[row.cell.net]
        for row in rows
        if row.cost and row.cell.net in epochs
    ]
    return (
        f"{median(each.cpu_seconds for each in costs):.0f}",
        f"{max(each.cpu_seconds for each in costs):.0f}",
        f"{median(ratios):.1f}" if ratios else _ABSENT,
        *_memory(costs),
    )


def _memory(costs: Sequence[Cost]) -> tuple[str, str]:
    # No repair does without memory: a peak that did not move was that of the process before it,
    # which rows of older code took for their own.
    own = [each for each in costs if each.peak_mib > each.start_mib]
    if not own:
        return _ABSENT, _ABSENT
    return (
        f"{median(each.peak_mib for each in own):.0f}",
        f"{median(each.peak_mib - each.start_mib for each in own):.0f}",
    )


def _cell(row: Row) -> Iterator[tuple[str, ...]]:
    cell, seconds = row.cell, f"{row.cost.seconds:.0f}" if row.cost else _ABSENT
    state = row.status if row.status == "ok" else f"{row.status}: {row.message}"
    given = f" ({cell.given})" if cell.given else ""
    head = (cell.net.name, cell.treatment.name + given, str(cell.seed))
    accuracy = _change(row.before.accuracy, row.end.accuracy)
    decile = _change(row.before.worst_decile, row.end.worst_decile)
    if not row.end.triggers:
        yield (*head, "none", accuracy, decile, *(_ABSENT,) * 6, seconds, state)
    for number, after in enumerate(row.end.triggers):
        before = row.before.triggers[number]
        rating = row.defence_rating if after == row.worst else None
        yield (
            *head, after.name, accuracy, decile,
            _change(before.attack_success, after.attack_success),
            _points(after.floor),
            _points(row.reference[number]) if row.reference else _ABSENT,
            _taught(row, number),
            _change(before.robust_accuracy, after.robust_accuracy),
            _ABSENT if rating is None else f"{rating:.3f}", seconds, state,
        )  # fmt: skip


def _taught(row: Row, number: int) -> str:
    found = row.reactivated[number] if row.reactivated else None
    return _ABSENT if found is None else _points(found)


def _poisoned(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.cell.net.attack != "benign"]


def _of_attack(rows: Iterable[Row], attack: str) -> list[Row]:
    return [row for row in rows if row.cell.net.attack == attack]


def _treated(rows: Iterable[Row], net: Net, params: Mapping[str, str]) -> list[Row]:
    return [row for row in rows if row.cell.net == net and row.cell.treatment.params == params]


def _by_method(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """The rows of each method; methods in the order of the catalogue, variants after them."""
    for name in dict.fromkeys(row.cell.treatment.name for row in rows):
        yield name, [row for row in rows if row.cell.treatment.name == name]


def _pair(rows: Sequence[Row]) -> str:
    """Median excess and median drop, with the range of the excess where seeds differ."""
    if not rows:
        return _ABSENT
    values = [value for row in rows if (value := summaries.excess(row)) is not None]
    found = summaries.summary(values)
    spread = f" ({_tenths(found.least)} to {_tenths(found.most)})" if found.n > 1 else ""
    return f"{_tenths(found.median)}{spread} · {_signed(median(row.drop for row in rows))}"


def _interval(interval: Interval) -> str:
    value, low, high = map(_tenths, (interval.value, interval.low, interval.high))
    return f"{value} [{low}, {high}]"


def _change(before: float, after: float) -> str:
    return f"{_points(before)} → {_points(after)}"


def _list(shares: Iterable[float]) -> str:
    return ", ".join(_points(share) for share in shares) or _ABSENT


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


def _signed(share: float) -> str:
    return _tenths(100 * share)


def _tenths(points: float) -> str:
    # Adding 0 to what was rounded makes 0 of −0.
    return f"{round(points, 1) + 0.0:.1f}".replace("-", "−")


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ("---",) * len(head)
    return "\n".join(_line(cells) for cells in (head, rule, *lines))


def _line(cells: Sequence[str]) -> str:
    # A bar inside of a cell would begin the next one.
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
