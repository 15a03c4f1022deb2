"""Images of the Python API."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import data, metrics
from core.requests import PoisonedLabels, RepairOptions

from . import testfiles

File = str | Path


@dataclass(frozen=True, kw_only=True, repr=False)
class RepairData:
    """The images of a repair: what it may use, and what it is measured on."""

    #: Clean images; all that a repair method ever sees.
    clean_validation: data.LabelledImages
    tests: metrics.TestSets
    #: More images of the same kind; nobody reads their labels.
    unlabelled: data.LabelledImages | None = None
    #: How stored pixels become what the model takes; ``auto`` tries it on clean validation.
    preprocessing: str = RepairOptions.preprocessing

    @classmethod
    def from_files(  # noqa: PLR0913 - each is a file, or says what is in one
        cls,
        *,
        clean_validation: File,
        clean_test: File | None = None,
        poisoned_test: Sequence[File] | File = (),
        unlabelled: File | None = None,
        preprocessing: str = RepairOptions.preprocessing,
        layout: data.Layout = "auto",
        poisoned_labels: Sequence[PoisonedLabels] | PoisonedLabels = "auto",
        target_labels: Sequence[int] | int | None = None,
    ) -> "RepairData":
        """Open image files; pixels are read when they are needed.

        Args:
            clean_validation: ``.h5`` or ``.npz`` with ``data`` and ``label``, or a ``.zip`` of
                class folders; as are the others.
            clean_test: Clean images to measure on.
            poisoned_test: A set for each trigger.
            unlabelled: More images of the same kind as the clean ones, for methods that learn from
                them as well; labels are not read, so a ``.zip`` of pictures will do.
            preprocessing: ``auto``, or a name that ``netmend repair --help`` lists.
            layout: Where the channels are in all files.
            poisoned_labels: Whether the labels of a poisoned set are where the trigger sends its
                images (``target``) or their ``original`` classes; one for all, or one for each.
            target_labels: The class each trigger forces, where labels are the original ones.

        Raises:
            InvalidInput: A file is no data set, damaged, or not safe.
        """
        files = testfiles.collect(
            None if clean_test is None else Path(clean_test),
            [Path(path) for path in _listed(poisoned_test, str, Path)],
            labels=_listed(poisoned_labels, str),
            target_labels=None if target_labels is None else _listed(target_labels, int),
        )
        return cls(
            clean_validation=data.open_images(Path(clean_validation), layout=layout),
            tests=_opened(files, layout),
            unlabelled=(
                None
                if unlabelled is None
                else data.open_pictures([Path(unlabelled)], layout=layout)
            ),
            preprocessing=preprocessing,
        )

    def __repr__(self) -> str:
        poisoned = [f"{item.images.name!r}" for item in self.tests.poisoned]
        return (
            f"RepairData({len(self.clean_validation):,} clean validation images, "
            f"{len(self.tests.clean or ()):,} clean test images, "
            f"poisoned: {', '.join(poisoned) or 'none'})"
        )


def _opened(files: testfiles.TestFiles, layout: data.Layout) -> metrics.TestSets:
    return metrics.TestSets(
        clean=data.open_images(files.clean, layout=layout) if files.clean else None,
        poisoned=tuple(
            data.as_poisoned(
                data.open_images(item.path, layout=layout, name=item.name),
                labels=item.labels,
                target_label=item.target_label,
            )
            for item in files.poisoned
        ),
    )


def _listed(given: Any, *single: type) -> list[Any]:
    """What was given, as several; alone if it is of a single thing's type."""
    return [given] if isinstance(given, single) else list(given)
