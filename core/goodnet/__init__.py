"""Two models as one: class N, *backdoored*, where the bad and the repaired model disagree.

The joined model is made of standard layers only, so that anyone can load it with stock Keras.
"""

from .joining import join
from .measuring import Watched, evaluate, watch
from .rules import Rule, check_targets, choose_rule

__all__ = ["Rule", "Watched", "check_targets", "choose_rule", "evaluate", "join", "watch"]
