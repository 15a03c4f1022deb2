"""How the text of options becomes values."""

from collections.abc import Sequence

import typer

from core import errors, preprocessing
from core.requests import GateLimits, GoodNetOptions, GoodNetRule, RepairOptions


def fraction(text: str | float) -> float:
    """``0.04`` from ``0.04`` or ``4%``.

    Raises:
        typer.BadParameter: It is neither, or not between 0 and 1.
    """
    number = str(text).strip()
    try:
        share = float(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
    except ValueError as error:
        raise typer.BadParameter(_not_a_share(number)) from error
    if not 0 <= share <= 1:  # also refuses NaN
        raise typer.BadParameter(_not_a_share(number))
    return share


def settings(pairs: Sequence[str] | None) -> dict[str, str]:
    """Parameter name to value, from ``NAME=VALUE`` each.

    Raises:
        InvalidParams: One has no name or no ``=``.
    """
    found = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise errors.InvalidParams(
                f"--set takes NAME=VALUE, not {pair!r}", field="set", received=pair
            )
        found[name.strip()] = value.strip()
    return found


def gate(
    max_attack_success_rate: float | None, max_accuracy_drop: float | None
) -> GateLimits | None:
    """The limits that were asked for, if any were."""
    limits = GateLimits(
        max_attack_success_rate=max_attack_success_rate, max_accuracy_drop=max_accuracy_drop
    )
    return None if limits == GateLimits() else limits


def good_net(
    rule: GoodNetRule, false_positive_rate: float, targets: Sequence[int] | None
) -> GoodNetOptions:
    """How the N+1 model decides; a target that is named twice counts once."""
    return GoodNetOptions(
        rule=rule,
        false_positive_rate=false_positive_rate,
        targets=tuple(dict.fromkeys(targets or ())),
    )


def check_preprocessing(name: str | None) -> None:
    """Refuse a name that no preprocessing has, before any work.

    Raises:
        InvalidParams: There is none of that name.
    """
    if name not in (None, RepairOptions.preprocessing):
        preprocessing.named(str(name))


def _not_a_share(text: str) -> str:
    return f"{text!r} is not a share; write 4% or 0.04, between 0 and 1"
