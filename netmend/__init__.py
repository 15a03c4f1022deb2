"""netmend repairs backdoored Keras image classifiers; these are its public names.

from netmend import FinePruning, RepairData, read_model

data = RepairData.from_files(clean_validation="valid.h5", clean_test="test.h5")
result = FinePruning(max_accuracy_drop=0.04).repair(read_model("bad.h5"), data)
result.save("repaired")
"""

import importlib
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.schemas import JobCreate, JobData

    from .client import Client, ProblemError
    from .datasets import RepairData
    from .demo import make_demo
    from .diagnosis import DiagnosisResult, diagnose
    from .methods import FinePruning, FineTuning, MagnitudePruning
    from .models import Model, read_model
    from .results import GoodNet, RepairResult

__all__ = [
    "Client",
    "DiagnosisResult",
    "FinePruning",
    "FineTuning",
    "GoodNet",
    "JobCreate",
    "JobData",
    "MagnitudePruning",
    "Model",
    "ProblemError",
    "RepairData",
    "RepairResult",
    "diagnose",
    "make_demo",
    "read_model",
]

_MODULES: Mapping[str, str] = types.MappingProxyType(
    {
        "Client": "client",
        "DiagnosisResult": "diagnosis",
        "FinePruning": "methods",
        "FineTuning": "methods",
        "GoodNet": "results",
        "JobCreate": "client",
        "JobData": "client",
        "MagnitudePruning": "methods",
        "Model": "models",
        "ProblemError": "client",
        "RepairData": "datasets",
        "RepairResult": "results",
        "diagnose": "diagnosis",
        "make_demo": "demo",
        "read_model": "models",
    }
)


def __getattr__(name: str) -> Any:
    # TensorFlow takes seconds to import; it is loaded when the first of these names is used.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
