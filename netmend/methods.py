"""The repair methods as objects with hyper-parameters, as scikit-learn has them."""

import inspect
from typing import Any, ClassVar, Self

from core import catalogue, errors, pipeline
from core.finetuning import OnEvent
from core.requests import RepairOptions
from core.results import Event

from . import hyperparameters
from .datasets import RepairData
from .models import Model
from .results import RepairResult


class RepairMethod:
    """A repair method and its hyper-parameters; `repair` may be called any number of times."""

    #: What `core.catalogue` says of the method; names, defaults and limits are from there.
    params: ClassVar[type[catalogue.Params]]
    __signature__: ClassVar[inspect.Signature]

    def __init_subclass__(cls, params: type[catalogue.Params]) -> None:
        cls.params = params
        cls.__signature__ = hyperparameters.signature(params)
        cls.__doc__ = hyperparameters.docstring(params)

    def __init__(self, **hyper_parameters: Any) -> None:
        # Stored as given: what does not fit is told by `repair`, as in scikit-learn.
        given = self.__signature__.bind(**hyper_parameters)
        given.apply_defaults()
        vars(self).update(given.arguments)

    def get_params(self, *, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - as scikit-learn
        """Hyper-parameter to value."""
        return {name: getattr(self, name) for name in self.__signature__.parameters}

    def set_params(self, **hyper_parameters: Any) -> Self:
        """Change some hyper-parameters.

        Raises:
            InvalidParams: There is none of that name.
        """
        known = self.__signature__.parameters
        for name in hyper_parameters:
            if name not in known:
                raise errors.InvalidParams(
                    f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(known)}",
                    field=name, expected=list(known),
                )  # fmt: skip
        vars(self).update(hyper_parameters)
        return self

    def repair(
        self, model: Model, data: RepairData, on_event: OnEvent | None = None
    ) -> RepairResult:
        """Repair a model; the one handed in stays as it is.

        Args:
            model: What `read_model` gives.
            data: The method is handed the clean validation images, and no others.
            on_event: Told of progress.

        Raises:
            InvalidInput: The images do not go with the model, or a hyper-parameter does not fit.
            RepairFailed: The repair did not come to an end.
        """
        subject = pipeline.Subject(
            model_file=model.file,
            clean_validation=data.clean_validation,
            tests=data.tests,
            unlabelled=data.unlabelled,
        )
        outcomes = pipeline.repair_model(subject, self._options(data), on_event or _ignore)
        (outcome,) = outcomes.values()
        return RepairResult(outcome)

    def __repr__(self) -> str:
        changed = (
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != self.__signature__.parameters[name].default
        )
        return f"{type(self).__name__}({', '.join(changed)})"

    def _options(self, data: RepairData) -> RepairOptions:
        params = self.get_params()
        return RepairOptions(
            max_accuracy_drops=(params.pop(hyperparameters.BUDGET),),
            seed=params.pop(hyperparameters.SEED),
            method=self.params.name,
            params=params,
            preprocessing=data.preprocessing,
            command=f"{self!r}.repair(model, data)",
        )


class FineTuning(RepairMethod, params=catalogue.FineTuning):
    """Train on clean images."""


class FinePruning(RepairMethod, params=catalogue.FinePruning):
    """Silence channels, then train on clean images."""


class MagnitudePruning(RepairMethod, params=catalogue.MagnitudePruning):
    """Zero small weights while training on clean images."""


def _ignore(_: Event) -> None:
    pass
