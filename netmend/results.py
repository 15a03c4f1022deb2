"""What a repair gives back in the Python API."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tf_keras as keras

from core import data, metrics, models, output, pipeline, preprocessing, work
from core.modelfile import ModelFile
from core.report import wording
from core.results import Evaluation, RepairReport, Verdict


@dataclass(frozen=True, repr=False)
class RepairResult:
    """A repaired model, and all there is to say about it."""

    outcome: pipeline.Outcome

    @property
    def report(self) -> RepairReport:
        """Everything that was measured, as in report.json."""
        return self.outcome.report

    @property
    def verdict(self) -> Verdict:
        """``repaired partial not_repaired inconclusive`` or ``unchanged``."""
        return self.report.verdict

    @property
    def before(self) -> Evaluation:
        """Figures of the model as it came."""
        return self.report.before

    @property
    def after(self) -> Evaluation:
        """Figures of the repaired model."""
        return self.report.after

    @property
    def model(self) -> keras.Model:
        """The repaired model, as a live `tf_keras` model."""
        return self.outcome.model

    @cached_property
    def goodnet(self) -> "GoodNet":
        """Both models as one, which flags what looks poisoned."""
        return GoodNet(self.outcome.goodnet, self.report.preprocessing.name)

    def save(self, folder: str | Path) -> None:
        """Write models and report into a new folder, which appears whole or not at all.

        Raises:
            OutputExists: The folder is there already.
            OutputNotWritable: It cannot be written; nothing is left of it.
        """
        with output.staged(Path(folder).absolute()) as partial:
            work.write({"": self.outcome}, partial)

    def to_dict(self) -> dict[str, Any]:
        """The report as report.json holds it."""
        return self.report.to_json()

    def __repr__(self) -> str:
        return f"RepairResult({wording.verdict(self.report)})"


class GoodNet:
    """The N+1 model: N classes, and class N, *poisoned*, where the two models disagree."""

    def __init__(self, file: ModelFile, preprocessing_name: str) -> None:
        self.file = file
        self._preprocessing = preprocessing.named(preprocessing_name)
        self._model = models.build(file)

    @property
    def poisoned_class(self) -> int:
        """N, the label that means *poisoned*."""
        return self.file.n_classes - 1

    def predict(self, images: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The label of each image, 0..N.

        Args:
            images: ``(n_images, height, width, channels)`` or ``(n_images, channels, height,
                width)``, pixels as they are stored: they are scaled here.

        Returns:
            ``(n_images,)``.

        Raises:
            WrongImageShape: The model takes images of another shape.
            InvalidDataset: There are none, or a pixel is not a number.
        """
        opened = data.from_arrays(images, np.zeros(len(np.asarray(images)), np.int64))
        data.check_against(
            opened,
            input_shape=self.file.input_shape,
            n_classes=self.file.n_classes,
            role="images",
        )
        found = metrics.predict(self._model, metrics.TestSets(clean=opened), self._preprocessing)
        assert found.clean is not None
        return found.clean

    def __repr__(self) -> str:
        return f"GoodNet({self.poisoned_class:,} classes; {self.poisoned_class} means poisoned)"
