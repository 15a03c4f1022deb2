"""The repair methods, by the names that `core.catalogue` gives them."""

from collections.abc import Mapping
from typing import Any

from .. import catalogue
from . import (
    activation_clipping,
    auto,
    fine_pruning,
    fine_tuning,
    forget_and_distil,
    ft_sam,
    i_bau,
    pruning_then_ft_sam,
    sau,
    target_relearning,
    trigger_unlearning,
    two_layer_fine_pruning,
)
from .base import Execution, Method, Repair, Validation


def _magnitude_pruning(*args: Any, **options: Any) -> Repair:
    # Imported here because its library brings all of Keras 3 along, which takes 0.7 s: no other
    # method shall wait for that.
    from . import magnitude_pruning

    return magnitude_pruning.repair(*args, **options)


METHODS: Mapping[str, Method] = {
    catalogue.Auto.name: auto.repair,
    catalogue.ForgetAndDistil.name: forget_and_distil.repair,
    catalogue.TargetRelearning.name: target_relearning.repair,
    catalogue.FineTuning.name: fine_tuning.repair,
    catalogue.FinePruning.name: fine_pruning.repair,
    catalogue.MagnitudePruning.name: _magnitude_pruning,
    catalogue.FineTuningSam.name: ft_sam.repair,
    catalogue.TwoLayerFinePruning.name: two_layer_fine_pruning.repair,
    catalogue.PruningFineTuningSam.name: pruning_then_ft_sam.repair,
    catalogue.TriggerUnlearning.name: trigger_unlearning.repair,
    catalogue.AdversarialUnlearning.name: i_bau.repair,
    catalogue.SharedAdversarialUnlearning.name: sau.repair,
    catalogue.ActivationClipping.name: activation_clipping.repair,
}

__all__ = ["METHODS", "Execution", "Method", "Repair", "Validation"]
