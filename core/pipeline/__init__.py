"""What we do to a model: check, choose the preprocessing, measure, repair, measure again."""

from .measuring import predict
from .repairing import make_repeatable, repair_model
from .values import Outcome, Subject

__all__ = ["Outcome", "Subject", "make_repeatable", "predict", "repair_model"]
