"""Which classes look like targets of a backdoor, from weights and clean images alone."""

from .examining import Findings, diagnose
from .pictures import drawn

__all__ = ["Findings", "diagnose", "drawn"]
