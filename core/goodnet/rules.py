"""When an input is flagged, and how that is calibrated on clean images."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tf_keras as keras

from .. import data, errors, metrics, statistics
from ..preprocessing import Preprocessing
from ..requests import GoodNetOptions
from ..results import Rate
from . import margins
from .margins import AGREEMENT, MarginArray

#: A margin this close to the threshold counts as below it.
_MARGIN_STEP = 1e-6


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When an input is flagged: always a disagreement of the two models, perhaps not every one."""

    #: Margin ``p_bad[b] - p_good[b]``, b the bad model's answer, above which a disagreement is
    #: flagged; ``None`` flags it whatever the margin.
    threshold: float | None = None
    #: What the threshold was calibrated to; ``None`` for the plain rule.
    false_positive_rate: float | None = None
    #: Flagged only where b is one of these; empty for any class.
    targets: tuple[int, ...] = ()
    #: Share of the calibration images that it flags.
    select_rate: Rate | None = None
    #: With 95 % confidence no larger share of further clean images is flagged; above what it was
    #: calibrated to where there were too few images.
    bound: float | None = None
    #: What was not as it had been wished for.
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``disagreement``, ``calibrated`` or ``target-aware``."""
        if self.targets:
            return "target-aware"
        return "disagreement" if self.false_positive_rate is None else "calibrated"


def check_targets(options: GoodNetOptions, n_classes: int) -> None:
    """Refuse declared targets that the model does not have.

    Raises:
        InvalidParams: Names the first of them.
    """
    for target in options.targets:
        if not 0 <= target < n_classes:
            raise errors.InvalidParams(
                f"the target {target} is none of the model's {n_classes} classes",
                field="goodnet.targets", expected=f"0 to {n_classes - 1}", received=target,
            )  # fmt: skip


def choose_rule(
    bad: keras.Model,
    repaired: keras.Model,
    images: data.LabelledImages,
    preprocessing: Preprocessing,
    *,
    options: GoodNetOptions,
    suspects: Sequence[int] = (),
) -> Rule:
    """The rule that the options ask for, calibrated on clean images where it has a threshold.

    Args:
        bad: The model as it came; gives a score for each class.
        repaired: The same after the repair.
        images: Clean images that nothing was fitted on and no test uses: select.
        preprocessing: How stored pixels become what the models take.
        options: The rule, the share of clean images that it may flag, and declared targets.
        suspects: Classes that look like targets; declared ones take their place.
    """
    if options.rule == "disagreement":
        return Rule()
    targets = _targets(options, suspects)
    scores = _scores(bad, repaired, images, preprocessing, targets=targets)
    share = options.false_positive_rate
    n_allowed = _n_allowed(share, len(images))
    threshold = _threshold(np.flip(np.sort(scores)), n_allowed)
    flagged = scores > (AGREEMENT if threshold is None else threshold)
    return Rule(
        threshold=threshold,
        false_positive_rate=share,
        targets=targets,
        select_rate=statistics.attack_rate(flagged),
        bound=statistics.largest_share(n_allowed, len(images)),
        warnings=_without_targets(options, targets),
    )


def _targets(options: GoodNetOptions, suspects: Sequence[int]) -> tuple[int, ...]:
    if options.rule == "calibrated":
        return ()
    return tuple(dict.fromkeys(options.targets or suspects))


def _scores(
    bad: keras.Model,
    repaired: keras.Model,
    images: data.LabelledImages,
    preprocessing: Preprocessing,
    *,
    targets: tuple[int, ...],
) -> MarginArray:
    """``(n_images,)``: the larger, the sooner an image is flagged."""
    batches = zip(
        metrics.probability_batches(bad, images, preprocessing),
        metrics.probability_batches(repaired, images, preprocessing),
        strict=True,
    )
    parts = []
    for first, second in batches:
        found = margins.of_disagreements(first, second)
        answers = first.argmax(axis=1)
        parts.append(margins.at_targets(found, answers, targets) if targets else found)
    return np.concatenate(parts)


def _n_allowed(share: float, n_images: int) -> int:
    """How many of the calibration images may be flagged; few images allow none.

    So many that with 95 % confidence no more than ``share`` of further images of the same kind
    are flagged: were it more, so few of the calibration images would hardly be among them. Source:
    Vovk, Conditional validity of inductive conformal predictors, ACML 2012, proposition 2a.
    """
    counts = range(math.floor(share * n_images) + 1)
    within = [n for n in counts if statistics.largest_share(n, n_images) <= share]
    return max(within, default=0)


def _threshold(scores: MarginArray, n_allowed: int) -> float | None:
    """The lowest threshold with so many scores above it, largest first; ``None``: all may be."""
    n_disagreements = int(np.sum(scores > AGREEMENT))
    if n_allowed >= n_disagreements:
        return None
    return float(scores[n_allowed]) + _MARGIN_STEP


def _without_targets(options: GoodNetOptions, targets: tuple[int, ...]) -> tuple[str, ...]:
    if targets or options.rule != "target-aware":
        return ()
    return ("no class is suspected to be a target, so the N+1 model has the calibrated rule",)
