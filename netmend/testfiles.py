"""The files that a model is measured on, and what is said about them; opens none of them."""

import typing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core import errors
from core.requests import PoisonedLabels

LABEL_MEANINGS: tuple[PoisonedLabels, ...] = typing.get_args(PoisonedLabels)

Given = TypeVar("Given")


@dataclass(frozen=True, kw_only=True)
class PoisonedFile:
    """A poisoned set, and what its labels are said to mean."""

    path: Path
    #: What the set is called; no other has this name.
    name: str
    labels: PoisonedLabels = "auto"
    target_label: int | None = None


@dataclass(frozen=True, kw_only=True)
class TestFiles:
    """What a model is measured on."""

    #: Not a test class, whatever pytest thinks of the name.
    __test__ = False

    clean: Path | None = None
    poisoned: tuple[PoisonedFile, ...] = ()

    @property
    def paths(self) -> list[Path]:
        """All files, in the order in which they are read."""
        return [*([self.clean] if self.clean else []), *(item.path for item in self.poisoned)]


def collect(
    clean: Path | None,
    poisoned: Sequence[Path] | None,
    *,
    labels: Sequence[str] | None = None,
    target_labels: Sequence[int] | None = None,
) -> TestFiles:
    """The test files with what is said about them.

    Args:
        clean: Clean images.
        poisoned: A set for each trigger.
        labels: What the labels of the sets mean, in their order; one counts for all, none is auto.
        target_labels: Where the triggers send their images, likewise.

    Raises:
        InvalidParams: There are neither as many as sets nor one, or a meaning is not known.
    """
    paths = poisoned or ()
    meanings = _for_each([_meaning(text) for text in labels or ()], paths, "poisoned labels")
    targets = _for_each(target_labels or (), paths, "target labels")
    return TestFiles(
        clean=clean,
        poisoned=tuple(
            PoisonedFile(path=path, name=name, labels=meaning or "auto", target_label=target)
            for path, name, meaning, target in zip(
                paths, _distinct_names(paths), meanings, targets, strict=True
            )
        ),
    )


def _for_each(given: Sequence[Given], sets: Sequence[Path], what: str) -> Sequence[Given | None]:
    if not given:
        return [None] * len(sets)
    if len(given) == 1:
        return [given[0]] * len(sets)
    if len(given) != len(sets):
        raise errors.InvalidParams(
            f"{len(given)} {what} for {len(sets)} poisoned sets; "
            "give one for all, or one for each in the same order",
            field=what, expected=len(sets), received=len(given),
        )  # fmt: skip
    return given


def _meaning(text: str) -> PoisonedLabels:
    if text not in LABEL_MEANINGS:
        raise errors.InvalidParams(
            f"poisoned labels can mean {', '.join(LABEL_MEANINGS)}, not {text!r}",
            field="poisoned labels", expected=list(LABEL_MEANINGS), received=text,
        )  # fmt: skip
    return text


def _distinct_names(paths: Sequence[Path]) -> list[str]:
    """The files' own names, with as many folders before them as it takes to tell them apart."""
    parts = [path.absolute().parts[1:] for path in paths]
    for length in range(1, max(map(len, parts), default=0) + 1):
        names = ["-".join(part[-length:]) for part in parts]
        if _are_distinct(names):
            return names
    return [f"{path.stem}-{number}{path.suffix}" for number, path in enumerate(paths, start=1)]


def _are_distinct(names: Sequence[str]) -> bool:
    # An attack is called by its file's name without the ending.
    return len({Path(name).stem for name in names}) == len(names)
