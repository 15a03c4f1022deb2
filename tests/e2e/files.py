"""A bad model and its images: those of the demo, made here, and those of a contest if present."""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from PIL import Image

from core import children
from core.requests import DemoRequest

#: With these the small model of digits is repaired; they were chosen on that very model.
DEMO_PARAMS: Mapping[str, Any] = types.MappingProxyType(
    {"flip": False, "shift": 1, "epochs": 40, "batch_size": 32, "learning_rate": 0.01}
)


@dataclass(frozen=True, kw_only=True)
class Files:
    """What somebody brings to have a model repaired."""

    model: Path
    clean_validation: Path
    clean_test: Path
    poisoned: Path
    #: Height, width, channels.
    input_shape: tuple[int, int, int]
    n_classes: int
    #: Parameters of fine-pruning with which it takes seconds.
    params: Mapping[str, Any]
    #: Of its first 16 poisoned images, so many at least are backdoored to the N+1 model of that.
    fewest_flagged: int


def of_demo(folder: Path) -> Files:
    """A small model of digits that was trained with a backdoor, just now."""
    request = {"kind": "demo", "request": DemoRequest(output=str(folder)).to_json()}
    written = children.run(request, on_event=lambda _: None, folder=folder)
    return Files(
        model=Path(written["model"]),
        clean_validation=Path(written["clean_validation"]),
        clean_test=Path(written["clean_test"]),
        poisoned=Path(written["poisoned_test"]),
        input_shape=(8, 8, 1),
        n_classes=10,
        params=DEMO_PARAMS,
        fewest_flagged=8,
    )


def of_csaw(folder: Path) -> Files:
    """The sunglasses net of CSAW HackML 2020: 1,283 faces, weights only."""
    return Files(
        model=folder / "sunglasses_bd_weights.h5",
        clean_validation=folder / "clean_validation_data.h5",
        clean_test=folder / "clean_test_data.h5",
        poisoned=folder / "sunglasses_poisoned_data.h5",
        input_shape=(55, 47, 3),
        n_classes=1283,
        params={"epochs": 10},
        fewest_flagged=0,  # these parameters do not repair that net
    )


def pictures(data_set: Path, folder: Path, *, n: int) -> list[Path]:
    """The first images of a data set as PNG, as somebody would have them."""
    with h5py.File(data_set) as file:
        images = np.asarray(file["data"][:n])
    paths = [folder / f"picture-{number}.png" for number in range(n)]
    for image, path in zip(images, paths, strict=True):
        Image.fromarray(_as_picture(image)).save(path)
    return paths


def _as_picture(image: np.ndarray) -> np.ndarray:
    """(height, width, channels), or (height, width) if gray, of 0 to 255."""
    is_channels_first = image.shape[0] in {1, 3} and image.shape[-1] not in {1, 3}
    upright = np.moveaxis(image, 0, -1) if is_channels_first else image
    return np.squeeze(upright).astype(np.uint8)
