"""What the random patterns of forget-and-distil contribute, and which of them.

The default leaves out every family of pattern that a trigger of the benchmark belongs to.
"""

from .cells import Treatment

METHOD = "forget-and-distil"
#: From none over all that cannot leak to those that contain the triggers themselves.
CORRUPTIONS = ("none", "leak-free", "with-checkerboards")
#: Nets that tell: triggers of the families in question, small and large.
NETS = {
    "data": ["cifar10"],
    "kinds": ["plain"],
    "attacks": ["badnets", "blended", "sig", "multi"],
    "net_seeds": [0],
}
TREATMENTS = tuple(
    Treatment(method=METHOD, params={"corruptions": corruptions}) for corruptions in CORRUPTIONS
)
