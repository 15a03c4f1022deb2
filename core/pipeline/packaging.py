"""The N+1 model of a repair, and what it does."""

from dataclasses import dataclass

from .. import goodnet, methods, metrics, models
from ..modelfile import ModelFile
from ..results import GoodNetResult
from .measuring import Baseline

_STAGE = "package"


@dataclass(frozen=True, kw_only=True)
class Joined:
    """The N+1 model of a repair, and what it does."""

    model_file: ModelFile
    predictions: metrics.Predictions
    result: GoodNetResult
    warnings: tuple[str, ...]


def join(start: Baseline, repair: methods.Repair, repaired: ModelFile) -> Joined:
    """Choose a rule, join both models by it, and measure the model of the file that this gives.

    Args:
        start: The model as it came.
        repair: Its diagnosis, where it has one, says which classes look like targets.
        repaired: The file of the repaired model.
    """
    select, how = start.validation.select, start.validation.preprocessing
    options = start.options.goodnet
    suspects = repair.diagnosis.targets if repair.diagnosis else ()
    rule = goodnet.choose_rule(
        start.model, repair.model, select, how, options=options, suspects=suspects
    )
    model_file = goodnet.join(
        start.subject.model_file, repaired, rule, metadata={"preprocessing": how.name}
    )
    # The file's own model is measured, not a formula that should come to the same.
    watched = goodnet.watch(
        models.build(model_file), start.subject.tests, how, on_batch=start.counter(_STAGE)
    )
    result = goodnet.evaluate(
        watched,
        start.subject.tests,
        rule,
        class_index=repaired.n_classes,
        targets=options.targets or suspects,
    )
    return Joined(
        model_file=model_file,
        predictions=watched.predictions,
        result=result,
        warnings=rule.warnings,
    )
