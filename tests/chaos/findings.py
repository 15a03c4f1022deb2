"""What must not be, by kind."""

from dataclasses import dataclass
from typing import Literal

#: ``lost``: accepted, and not there or without an end. ``doubled``: done or made twice.
#: ``wrong``: another end, or another result, than it had to have. ``left``: still there.
Kind = Literal["lost", "doubled", "wrong", "left"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that must not be."""

    kind: Kind
    what: str
