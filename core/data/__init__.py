"""Labelled images: opened lazily, checked, read in chunks, kept in one canonical form."""

from .canonical import DatasetFacts, load_canonical, save_canonical
from .checking import check_against, check_targets
from .fingerprints import fingerprints, n_repeated, n_shared
from .images import LabelledImages, Source, joined
from .layouts import Layout
from .opening import from_arrays, open_images, open_pictures
from .pictures import PictureSource
from .poisoned import LabelMeaning, PoisonedImages, as_poisoned
from .splitting import Split, split

__all__ = [
    "DatasetFacts",
    "LabelMeaning",
    "LabelledImages",
    "Layout",
    "PictureSource",
    "PoisonedImages",
    "Source",
    "Split",
    "as_poisoned",
    "check_against",
    "check_targets",
    "fingerprints",
    "from_arrays",
    "joined",
    "load_canonical",
    "n_repeated",
    "n_shared",
    "open_images",
    "open_pictures",
    "save_canonical",
    "split",
]
