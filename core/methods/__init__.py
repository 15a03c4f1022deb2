"""The repair methods, by the names that `core.catalogue` gives them."""

from collections.abc import Mapping
from typing import Any

from .. import catalogue
from . import fine_pruning, fine_tuning
from .base import Execution, Method, Repair, Validation


def _magnitude_pruning(*args: Any, **options: Any) -> Repair:
    # Imported here because its library brings all of Keras 3 along, which takes 0.7 s: no other
    # method shall wait for that.
    from . import magnitude_pruning

    return magnitude_pruning.repair(*args, **options)


METHODS: Mapping[str, Method] = {
    catalogue.FineTuning.name: fine_tuning.repair,
    catalogue.FinePruning.name: fine_pruning.repair,
    catalogue.MagnitudePruning.name: _magnitude_pruning,
}

__all__ = ["METHODS", "Execution", "Method", "Repair", "Validation"]
