"""The repair methods, by the names that `core.catalogue` gives them."""

from collections.abc import Mapping

from .. import catalogue
from . import fine_pruning, fine_tuning, magnitude_pruning
from .base import Execution, Method, Repair, Validation

METHODS: Mapping[str, Method] = {
    catalogue.FineTuning.name: fine_tuning.repair,
    catalogue.FinePruning.name: fine_pruning.repair,
    catalogue.MagnitudePruning.name: magnitude_pruning.repair,
}

__all__ = ["METHODS", "Execution", "Method", "Repair", "Validation"]
