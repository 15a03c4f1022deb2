"""How a report speaks: percent, intervals, the verdict in plain words."""

import math
import types
from collections.abc import Callable, Mapping

from ..percentages import percent as percent
from ..percentages import points as points
from ..results import (
    Excess,
    Gate,
    GoodNetResult,
    InvertedTrigger,
    PairedChange,
    Rate,
    RepairReport,
    Verdict,
)
from . import measures

#: What the figures do not show; printed on every report.
CAVEAT = (
    "Measured only for the triggers listed. ASR for triggers you did not supply is unknown; "
    "no test on clean data can show that a backdoor is absent. "
    "Fine-tuning this model on unvetted data may restore the backdoor."
)

#: The words for a verdict. A model is never called clean, and never safe.
STATUS: Mapping[Verdict, str] = types.MappingProxyType(
    {
        "repaired": "Repaired",
        "partial": "Partly repaired",
        "not_repaired": "Not repaired",
        "inconclusive": "Inconclusive",
        "unchanged": "Unchanged",
    }
)

NOT_MEASURED = "not measured"


def verdict(report: RepairReport) -> str:
    """The verdict in one line, with the attack that decides it."""
    return f"{STATUS[report.verdict]}: {_because(report)}"


def why_no_attack(report: RepairReport) -> str:
    """Why there is no attack success rate to show."""
    if report.after.attacks:
        return "attack success could not be measured on the poisoned images given"
    return "no poisoned images were given, so attack success was not measured"


def share(rate: Rate | None) -> str:
    """A rate without its interval; zero successes still say how many there could be."""
    if rate is None:
        return NOT_MEASURED
    return f"{percent(rate.value)} ({at_most(rate)})" if rate.value == 0 else percent(rate.value)


def rate_in_full(rate: Rate | Excess | None) -> str:
    """A rate with its 95 % interval and number of images, or *not measured*."""
    if rate is None:
        return NOT_MEASURED
    return f"{percent(rate.value)} ({interval(rate)}, n = {count(rate.n)})"


def before_and_after(before: Rate | None, after: Rate | None) -> str:
    """Two rates in short: ``93.0 % → 91.2 %``."""
    if before is None or after is None:
        return NOT_MEASURED
    return f"{percent(before.value)} → {share(after)}"


def interval(rate: Rate | Excess) -> str:
    """The 95 % interval in percent, rounded outwards; one-sided where nothing succeeded."""
    if rate.value == 0 and isinstance(rate, Rate):
        return at_most(rate)
    low, high = (_rounded(end, way) for end, way in zip(rate.ci95, _OUTWARDS, strict=True))
    if rate.ci95[0] < 0:
        return f"{low} to {high} %"
    return f"{low}\N{EN DASH}{high} %"


def at_most(rate: Rate) -> str:
    """How large a share may be of which no success was seen: 3 of n, with 95 % confidence.

    Source: Hanley, Lippman-Hand, JAMA 249 (1983) 1743-1745; ``1 - 0.05 ** (1 / n)`` is below it.
    """
    if rate.n <= 3:
        return "at most 100 %"
    high = 3 / rate.n
    bound = _rounded(high, math.ceil, decimals=1 if high >= 0.001 else 2)
    return f"at most 3/{count(rate.n)} = {bound} %"


def evidence(rate: Rate) -> str:
    """The interval of a rate and what it was measured on."""
    return f"95 % interval {interval(rate)}, n = {count(rate.n)}"


def paired_change(change: PairedChange | None) -> str:
    """The paired change with its interval, the images that moved and McNemar's test."""
    if change is None:
        return NOT_MEASURED
    low, high = (points(end).removesuffix(" points") for end in change.ci95)
    return (
        f"{points(change.value)} (95 % interval {low} to {high}, n = {count(change.n)}); "
        f"{count(change.only_before)} images lost, {count(change.only_after)} gained, "
        f"McNemar {p_value(change.p_value)}"
    )


def p_value(value: float) -> str:
    """A p-value, two digits, with an end to its zeros."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def score(value: float | None) -> str:
    """A z-score, one digit, or *not measured*."""
    if value is None:
        return NOT_MEASURED
    rounded = round(value, 1) + 0.0  # -0.04 is 0.0 then, without a sign
    return f"{rounded:.1f}".replace("-", "\N{MINUS SIGN}")


def trigger(found: InvertedTrigger | None) -> str:
    """How well a trigger that was found does, and how large it is; or *not measured*."""
    if found is None:
        return NOT_MEASURED
    unit = "pixels" if found.kind == "patch" else "in length"
    return f"{percent(found.success)} with {found.size:.3g} {unit}"


def gate(limits: Gate) -> str:
    """What was asked of the repair, and whether it was met."""
    asked = []
    if limits.max_attack_success_rate is not None:
        asked.append(f"attack success at most {percent(limits.max_attack_success_rate)}")
    if limits.max_accuracy_drop is not None:
        drop = points(limits.max_accuracy_drop).removeprefix("+")
        asked.append(f"clean accuracy down by at most {drop}")
    outcome = "met" if limits.passed else "not met"
    return f"Gate {outcome}: {' and '.join(asked) or 'nothing was asked'}."


def count(number: int) -> str:
    """A number of things, with commas between thousands."""
    return f"{number:,}"


def good_net_rule(goodnet: GoodNetResult) -> str:
    """When the N+1 model flags an input, in one or two sentences."""
    parts = [_RULES.get(goodnet.rule, goodnet.rule)]
    if goodnet.targets:
        parts.append(f" ({_listed(goodnet.targets)})")
    if goodnet.threshold is not None:
        parts.append(f", by a margin above {goodnet.threshold:.4g}")
    parts.append(".")
    return "".join([*parts, *_calibration(goodnet)])


def setting(value: object) -> str:
    """The value of a parameter as it would be typed."""
    return str(value).lower() if isinstance(value, bool) else printable(str(value))


def duration(seconds: float) -> str:
    """A time as people say it: ``48.2 s``, ``12 min 5 s``, ``3 h 7 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest} s"


def memory(n_bytes: int) -> str:
    """An amount of memory: ``648 MiB``, ``1.2 GiB``."""
    mebibytes = n_bytes / 2**20
    return f"{mebibytes:,.0f} MiB" if mebibytes < 1024 else f"{mebibytes / 1024:.1f} GiB"


def printable(text: str) -> str:
    """The text on one line; what else cannot be seen, such as a change of direction, is shown."""
    one_line = text.replace("\n", " ").replace("\t", " ")
    return "".join(letter if letter.isprintable() else "�" for letter in one_line)


def shortened(text: str, limit: int) -> str:
    """The printable text, its middle left out where it is longer than the limit."""
    text = printable(text)
    if len(text) <= limit:
        return text
    tail = limit // 3
    return f"{text[: limit - tail - 1]}…{text[-tail:]}"


def quoted(name: str) -> str:
    """The name of a set of images, between quotes, short enough for a sentence."""
    return f"'{shortened(name, 40)}'"


def _because(report: RepairReport) -> str:
    if report.verdict == "unchanged":
        return "nothing suspicious was found, and the model was left as it was"
    worst = measures.worst_attack(report)
    if worst is None:
        return why_no_attack(report)
    assert worst.before_rate is not None
    return _ABOUT_ATTACK[report.verdict].format(
        attack=_named(report, worst),
        after=share(worst.after_rate),
        before=percent(worst.before_rate.value),
        accuracy=_accuracy(report),
    )


_ABOUT_ATTACK: Mapping[Verdict, str] = types.MappingProxyType(
    {
        "repaired": "{attack} now succeeds on {after} of its images (was {before}); {accuracy}",
        "partial": "{attack} now succeeds on {after} of its images (was {before}); {accuracy}",
        "not_repaired": "{attack} succeeds on {after} of its images (was {before}); {accuracy}",
        "inconclusive": "the measured intervals do not decide it; "
        "{attack} now succeeds on {after} of its images (was {before})",
    }
)


def _named(report: RepairReport, attack: measures.Attack) -> str:
    name = quoted(attack.name)
    if report.verdict == "not_repaired" or len(report.after.attacks) == 1:
        return f"the attack {name}"
    return f"the strongest attack measured, {name},"


def _accuracy(report: RepairReport) -> str:
    before, after = report.before.clean_accuracy, report.after.clean_accuracy
    if before is None or after is None:
        return "clean accuracy was not measured"
    return f"clean accuracy is {percent(after.value)} (was {percent(before.value)})"


def _calibration(goodnet: GoodNetResult) -> list[str]:
    declared, bound = goodnet.declared_false_positive_rate, goodnet.largest_false_positive_rate
    if declared is None:
        return []
    words = f" It was calibrated to flag at most {percent(declared)} of clean images"
    found = goodnet.select_false_positive_rate
    if found:
        words += f", and flags {share(found)} of the {count(found.n)} select images"
    if bound is not None and bound > declared:
        words += f"; these are too few to be sure of that, and of others it may be {percent(bound)}"
    return [words, "."]


_OUTWARDS = (math.floor, math.ceil)
_CLASSES_LISTED = 12
_RULES: Mapping[str, str] = types.MappingProxyType(
    {
        "disagreement": "Rule disagreement: an input is flagged where the two models disagree",
        "calibrated": "Rule calibrated: an input is flagged where the two models disagree",
        "target-aware": "Rule target-aware: an input is flagged where the model as it came answers "
        "a suspected target and the repaired model disagrees",
    }
)


def _listed(labels: tuple[int, ...]) -> str:
    shown = ", ".join(str(label) for label in labels[:_CLASSES_LISTED])
    more = len(labels) - _CLASSES_LISTED
    rest = f" and {more} more" if more > 0 else ""
    return f"{'class' if len(labels) == 1 else 'classes'} {shown}{rest}"


def _rounded(share: float, towards: Callable[[float], int], *, decimals: int = 1) -> str:
    scale = 10**decimals
    in_percent = round(share * 100 * scale, 6)  # so that 0.3 % is not 0.30000000000000004 %
    return f"{towards(in_percent) / scale:.{decimals}f}".replace("-", "\N{MINUS SIGN}")
