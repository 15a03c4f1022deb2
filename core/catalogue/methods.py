"""The methods by name."""

from collections.abc import Mapping

from .baselines import FinePruning, FineTuning, MagnitudePruning
from .params import Params

METHODS: Mapping[str, type[Params]] = {
    params.name: params for params in (FineTuning, FinePruning, MagnitudePruning)
}
DEFAULT_METHOD = FinePruning.name
#: Names of `architectures.NAMED`, for those who load no reader of model files.
ARCHITECTURES = ("deepid-1283",)
