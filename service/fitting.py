"""What may not be meant when a model and data sets are used together, as far as it is known.

Only what the intakes told is looked at; nothing is opened. Each warning is a sentence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .tables import Dataset, Model


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a repair is to work on; ``None`` is not chosen."""

    model: Model | None
    clean_validation: Dataset | None
    clean_test: Dataset | None
    poisoned_test: tuple[Dataset, ...] = ()
    unlabelled: Dataset | None = None

    @property
    def labelled(self) -> tuple[Dataset, ...]:
        """The data sets whose labels are read, each once."""
        return _each_once(self.clean_validation, self.clean_test, *self.poisoned_test)

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """All data sets, each once."""
        return _each_once(*self.labelled, self.unlabelled)


#: How a warning ends of what cannot come to an end.
_FAILS = "job would fail"


def foretells_failure(warning: str) -> bool:
    """Whether a job of which this is said would fail, as far as it is known."""
    return warning.endswith(_FAILS)


def warnings(given: Given) -> list[str]:
    """What whoever wants this repair should know before it starts."""
    return [*_not_measured(given), *_misfits(given), *_not_covered(given), *_unclear(given)]


def _not_measured(given: Given) -> Iterator[str]:
    if not given.poisoned_test:
        yield "no poisoned test set: attack success is not measured, the verdict is inconclusive"
    if given.clean_test is None:
        yield "no clean test set: clean accuracy is not measured"
    elif given.clean_validation and given.clean_test.sha256 == given.clean_validation.sha256:
        yield "clean test and clean validation are one file: clean accuracy will look too good"
    elif given.unlabelled and given.clean_test.sha256 == given.unlabelled.sha256:
        yield "clean test and unlabelled images are one file: clean accuracy will look too good"


def _misfits(given: Given) -> Iterator[str]:
    """Images and labels that the model cannot take."""
    if given.model is None:
        return
    taken, n_classes = _fact(given.model, "input_shape"), _fact(given.model, "n_classes")
    for dataset in given.datasets:
        shape = _fact(dataset, "shape")
        if taken and shape and list(shape[1:]) != list(taken):
            yield (
                f"the images of {dataset.name!r} are {_written(shape[1:])}, and "
                f"{given.model.name!r} takes {_written(taken)}: the {_FAILS}"
            )
    for dataset in given.labelled:
        labels = _fact(dataset, "label_range")
        if n_classes and labels and labels[1] >= n_classes:
            yield (
                f"{dataset.name!r} has labels up to {labels[1]}, and {given.model.name!r} has the "
                f"classes 0 to {n_classes - 1}: the {_FAILS}"
            )


def _not_covered(given: Given) -> Iterator[str]:
    validation, model = given.clean_validation, given.model
    if validation is None or model is None:
        return
    shown, n_classes = _fact(validation, "n_classes"), _fact(model, "n_classes")
    if shown and n_classes and shown < n_classes:
        yield (
            f"{validation.name!r} shows {shown} of {n_classes} classes: the repair cannot see "
            "what it does to the others"
        )


def _unclear(given: Given) -> Iterator[str]:
    """Poisoned sets of which nobody could say whether an attack succeeds."""
    for dataset in given.poisoned_test:
        labels = dataset.options.get("labels", "auto")
        if labels == "original" and dataset.options.get("target_label") is None:
            yield f"where does the trigger of {dataset.name!r} send images? The {_FAILS}"
        if labels == "auto" and dataset.facts and not _tells_targets(dataset):
            yield (
                f"the labels of {dataset.name!r} differ: say whether they are targets or the true "
                f"classes, or the {_FAILS}"
            )


def _tells_targets(dataset: Dataset) -> bool:
    is_constant = _fact(dataset, "constant_label") is not None
    return is_constant or bool(_fact(dataset, "has_true_label"))


def _each_once(*chosen: Dataset | None) -> tuple[Dataset, ...]:
    return tuple({item.id: item for item in chosen if item is not None}.values())


def _fact(subject: Model | Dataset, name: str) -> Any:
    return (subject.facts or {}).get(name)


def _written(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes))
