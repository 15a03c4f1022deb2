"""What the random pieces and the inverted triggers of forget-and-distil contribute.

Its default lays only pieces of other images over what the student sees: no family of pattern that a
trigger of the benchmark belongs to.
"""

from collections.abc import Mapping

from .cells import Treatment

METHOD = "forget-and-distil"
#: From all but nothing to what contains the family of the triggers; what is changed by each.
VARIANTS: Mapping[str, Mapping[str, str]] = {
    "nothing laid over, no inverted triggers": {"corruption": "none", "triggers": "0"},
    "pieces of images, no inverted triggers": {"corruption": "images", "triggers": "0"},
    "checkerboards as well, no inverted triggers": {
        "corruption": "with-checkerboards",
        "triggers": "0",
    },
    "nothing laid over": {"corruption": "none"},
    "pieces of images": {"corruption": "images"},
    "checkerboards as well": {"corruption": "with-checkerboards"},
}
TREATMENTS = tuple(Treatment(method=METHOD, params=params) for params in VARIANTS.values())
#: Nets that tell: triggers of the families in question, small and large.
NETS = {
    "data": ["cifar10"],
    "kinds": ["plain"],
    "attacks": ["badnets", "blended", "sig", "multi"],
    "net_seeds": [0],
}
