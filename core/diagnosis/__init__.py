"""Which classes look like targets of a backdoor, from weights and clean images alone."""

from .examining import Findings, diagnose
from .pictures import drawn
from .ranking import SUSPECTED_FROM

__all__ = ["SUSPECTED_FROM", "Findings", "diagnose", "drawn"]
