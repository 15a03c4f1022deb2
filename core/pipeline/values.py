"""What a repair is made from, and what it leaves behind."""

from dataclasses import dataclass

import tf_keras as keras

from .. import data, metrics
from ..modelfile import ModelFile
from ..report import Sample
from ..results import RepairReport


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A model and the images it is repaired and measured with."""

    model_file: ModelFile
    clean_validation: data.LabelledImages
    tests: metrics.TestSets
    #: More images of the same kind as the clean ones, without labels.
    unlabelled: data.LabelledImages | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one repair leaves behind."""

    report: RepairReport
    model: keras.Model
    repaired: ModelFile
    goodnet: ModelFile
    samples: tuple[Sample, ...]
