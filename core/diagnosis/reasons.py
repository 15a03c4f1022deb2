"""What speaks against a class, in sentences."""

from collections.abc import Iterator

from ..percentages import percent
from ..results import Suspect

#: Evidence that is less surprising than this is not worth a sentence.
_WORTH_TELLING = 3.0


def told(suspect: Suspect, *, other_size: float, other_success: float) -> tuple[str, ...]:
    """A sentence for each piece of evidence that is worth one.

    Args:
        suspect: The class and its scores.
        other_size: Of the patches of all classes that were searched, the median size in pixels.
        other_success: Of what is added, the median success.
    """
    return (*_without_triggers(suspect), *_by_triggers(suspect, other_size, other_success))


def _without_triggers(suspect: Suspect) -> Iterator[str]:
    if _is_worth_it(suspect.head_z):
        yield (
            "the weights that lead to it in the last layer add up to more than those of other "
            f"classes (z = {suspect.head_z:.1f})"
        )
    if _is_worth_it(suspect.margin_z):
        yield (
            "an input can be made that puts it further ahead of all other classes than is usual "
            f"(z = {suspect.margin_z:.1f})"
        )
    if _is_worth_it(suspect.attractor_z):
        yield (
            "clean images of other classes are put here more often than chance explains "
            f"(z = {suspect.attractor_z:.1f})"
        )


def _by_triggers(suspect: Suspect, other_size: float, other_success: float) -> Iterator[str]:
    if suspect.patch and _is_worth_it(suspect.patch_z):
        yield (
            f"a patch of {suspect.patch.size:.3g} pixels sends {percent(suspect.patch.success)} of "
            f"clean images of other classes here; with other classes the patch takes "
            f"{other_size:.3g} pixels"
        )
    if suspect.additive and _is_worth_it(suspect.additive_z):
        yield (
            f"a faint pattern added to the whole image sends {percent(suspect.additive.success)} "
            f"of clean images of other classes here; with other classes it is "
            f"{percent(other_success)}"
        )


def _is_worth_it(score: float | None) -> bool:
    return score is not None and score >= _WORTH_TELLING
