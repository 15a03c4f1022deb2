"""The repair methods there are and their parameters, as frozen dataclasses; no TensorFlow."""

from .adversarial import AdversarialUnlearning, SharedAdversarialUnlearning
from .baselines import FinePruning, FineTuning, MagnitudePruning
from .clipping import ActivationClipping
from .distilling import Auto, ForgetAndDistil, TargetRelearning
from .flattening import FineTuningSam
from .methods import ARCHITECTURES, DEFAULT_METHOD, METHODS
from .params import Params, TrainingParams
from .parsing import parse
from .pruning import PruningFineTuningSam, TwoLayerFinePruning
from .schemas import as_dict, json_schema
from .unlearning import TriggerUnlearning

__all__ = [
    "ARCHITECTURES",
    "DEFAULT_METHOD",
    "METHODS",
    "ActivationClipping",
    "AdversarialUnlearning",
    "Auto",
    "FinePruning",
    "FineTuning",
    "FineTuningSam",
    "ForgetAndDistil",
    "MagnitudePruning",
    "Params",
    "PruningFineTuningSam",
    "SharedAdversarialUnlearning",
    "TargetRelearning",
    "TrainingParams",
    "TriggerUnlearning",
    "TwoLayerFinePruning",
    "as_dict",
    "json_schema",
    "parse",
]
