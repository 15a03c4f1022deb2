"""The methods by name."""

from collections.abc import Mapping

from .adversarial import AdversarialUnlearning, SharedAdversarialUnlearning
from .baselines import FinePruning, FineTuning, MagnitudePruning
from .clipping import ActivationClipping
from .distilling import Auto, ForgetAndDistil, TargetRelearning
from .flattening import FineTuningSam
from .params import Params
from .pruning import PruningFineTuningSam, TwoLayerFinePruning
from .unlearning import TriggerUnlearning

METHODS: Mapping[str, type[Params]] = {
    params.name: params
    for params in (
        Auto,
        ForgetAndDistil,
        TargetRelearning,
        FineTuning,
        FinePruning,
        MagnitudePruning,
        FineTuningSam,
        TwoLayerFinePruning,
        PruningFineTuningSam,
        TriggerUnlearning,
        AdversarialUnlearning,
        SharedAdversarialUnlearning,
        ActivationClipping,
    )
}
DEFAULT_METHOD = Auto.name
#: Names of `architectures.NAMED`, for those who load no reader of model files.
ARCHITECTURES = ("deepid-1283",)
