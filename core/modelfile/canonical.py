"""The canonical form of a model: checked JSON and plain arrays, for who never opens an upload."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from .. import errors
from . import configs, json_text
from .description import LayerWeights
from .model_file import ModelFile, checked

_MODEL, _WEIGHTS = "model.json", "weights.npz"


def save_canonical(model_file: ModelFile, folder: Path) -> None:
    """Write ``model.json`` and ``weights.npz`` into a folder.

    Raises:
        OutputNotWritable: The file system said no.
    """
    arrays = [array for own in model_file.weights.values() for array in own.arrays]
    facts = {
        "name": model_file.name,
        "sha256": model_file.sha256,
        "container": model_file.container,
        "keras_version": model_file.keras_version,
        "config": model_file.source_config,
        "metadata": model_file.metadata,
        "warnings": model_file.warnings,
        # Layer to the names of its arrays; the arrays are numbered in this order.
        "weights": {layer: own.names for layer, own in model_file.weights.items()},
    }
    try:
        (folder / _MODEL).write_text(json.dumps(facts), encoding="utf-8")
        numbered: dict[str, Any] = {str(index): array for index, array in enumerate(arrays)}
        np.savez(folder / _WEIGHTS, **numbered)
    except OSError as error:
        raise errors.OutputNotWritable(
            f"the canonical form of the model cannot be written: {error.strerror}",
            reason=error.strerror,
        ) from error


def load_canonical(folder: Path) -> ModelFile:
    """The model that `save_canonical` wrote; checked again, as a file would be.

    Raises:
        CorruptFile: The folder does not hold a canonical model.
        InvalidInput: What a file with that content would raise.
    """
    try:
        facts = json_text.parse((folder / _MODEL).read_text(encoding="utf-8"), place=_MODEL)
        version = facts["keras_version"]
        draft = ModelFile(
            name=facts["name"],
            sha256=facts["sha256"],
            container=facts["container"],
            keras_version=version,
            architecture=configs.architecture(facts["config"], keras_version=version),
            weights=_weights(folder / _WEIGHTS, facts["weights"]),
            metadata=facts["metadata"],
            warnings=tuple(facts["warnings"]),
        )
    except (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise errors.CorruptFile(
            f"{folder.name} does not hold a model in canonical form: {error}"
        ) from error
    return checked(draft)


def _weights(path: Path, names: dict[str, Any]) -> dict[str, LayerWeights]:
    weights, index = {}, 0
    with np.load(path, allow_pickle=False) as stored:
        for layer, own in names.items():
            arrays = tuple(stored[str(index + offset)] for offset in range(len(own)))
            weights[layer] = LayerWeights(tuple(own), arrays)
            index += len(own)
    return weights
