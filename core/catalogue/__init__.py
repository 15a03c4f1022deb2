"""The repair methods there are and their parameters, as frozen dataclasses; no TensorFlow."""

from .baselines import FinePruning, FineTuning, MagnitudePruning
from .methods import ARCHITECTURES, DEFAULT_METHOD, METHODS
from .params import Params, TrainingParams
from .parsing import parse
from .schemas import as_dict, json_schema

__all__ = [
    "ARCHITECTURES",
    "DEFAULT_METHOD",
    "METHODS",
    "FinePruning",
    "FineTuning",
    "MagnitudePruning",
    "Params",
    "TrainingParams",
    "as_dict",
    "json_schema",
    "parse",
]
