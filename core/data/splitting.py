"""The one split of clean validation images: some to tune on, some to select on."""

from dataclasses import dataclass

import numpy as np

from .. import errors
from .images import LabelArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """Indices of the images of either part, ascending; together they are all images, once."""

    #: What a method may fit on; never empty.
    tune: LabelArray
    #: What is chosen on; nothing is fitted on these.
    select: LabelArray


def split(labels: LabelArray, *, select_share: float = 0.2, seed: int) -> Split:
    """Split images class by class.

    Every class of three or more images has at least one in either part. Smaller classes are
    thrown together and split as if they were one: each alone would round to nothing.

    Args:
        labels: ``(n_images,)``, at least one.
        select_share: Share of the images to select on, in (0, 1).
        seed: The same seed splits the same labels the same way.

    Raises:
        InvalidParams: The share is not in (0, 1).
    """
    if not 0 < select_share < 1:
        raise errors.InvalidParams(
            f"select_share must be between 0 and 1, not {select_share}",
            field="select_share", expected="between 0 and 1", received=select_share,
        )  # fmt: skip
    rng = np.random.default_rng(seed)
    chosen = [_drawn(group, select_share, rng) for group in _groups(labels)]
    is_selected = np.zeros(len(labels), bool)
    is_selected[np.concatenate(chosen)] = True
    return Split(tune=np.flatnonzero(~is_selected), select=np.flatnonzero(is_selected))


def _groups(labels: LabelArray) -> list[LabelArray]:
    """Indices of each class of three or more, then those of all smaller classes together."""
    order = np.argsort(labels, kind="stable")
    _, starts = np.unique(labels[order], return_index=True)
    classes = np.split(order, starts[1:])
    small = [members for members in classes if len(members) < 3]
    large = [members for members in classes if len(members) >= 3]
    return [*large, np.concatenate(small)] if small else large


def _drawn(group: LabelArray, share: float, rng: np.random.Generator) -> LabelArray:
    # From two images on, neither part gets none.
    count = min(max(1, round(share * len(group))), len(group) - 1)
    return rng.choice(group, count, replace=False)
