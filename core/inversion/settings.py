"""How long, and how hard, triggers are searched for."""

import types
from collections.abc import Mapping
from dataclasses import dataclass

from ..results import TriggerKind


@dataclass(frozen=True, kw_only=True)
class InversionSettings:
    """How long, and how hard, triggers of one kind are searched for."""

    kind: TriggerKind
    #: Steps of Adam.
    steps: int
    #: Images that each class sees in a step; they are the same for all classes.
    batch_size: int = 16
    #: Of Adam, with pixels from 0 to 1.
    learning_rate: float
    #: Of Adam: how long it remembers gradients, and their squares.
    betas: tuple[float, float] = (0.9, 0.999)
    #: Of an additive trigger: largest L2 norm, with pixels from 0 to 1.
    radius: float = 1.5
    #: Of a patch: success on the images searched on below which it is not kept.
    lowest_success: float = 0.9
    #: Of a patch: success above which it is made smaller.
    aimed_success: float = 0.95


#: Source: Wang et al., "Neural Cleanse", IEEE S&P 2019: their rates of Adam, fewer steps.
PATCH = InversionSettings(kind="patch", steps=200, learning_rate=0.1, betas=(0.5, 0.9))
ADDITIVE = InversionSettings(kind="additive", steps=150, learning_rate=0.01)

SETTINGS: Mapping[TriggerKind, InversionSettings] = types.MappingProxyType(
    {"patch": PATCH, "additive": ADDITIVE}
)
