"""Models of the Python API: read from a file, or taken from a live Keras model."""

from dataclasses import dataclass
from pathlib import Path

import tf_keras as keras

from core import architectures, modelfile, models


@dataclass(frozen=True, repr=False)
class Model:
    """A model that was read and checked; nothing that is done with it changes it."""

    file: modelfile.ModelFile

    @classmethod
    def from_keras(cls, model: keras.Model, *, name: str = "model") -> "Model":
        """A copy of a live `tf_keras` model.

        Raises:
            UnsafeModel: It has a layer that is not on the allow-list.
            NotAModel: It is not an image classifier.
        """
        return cls(models.describe(model, name=name))

    def to_keras(self) -> keras.Model:
        """A live `tf_keras` model, with weights of its own."""
        return models.build(self.file)

    def __repr__(self) -> str:
        height, width, channels = self.file.input_shape
        return (
            f"Model({self.file.name!r}: {height}x{width}x{channels} -> "
            f"{self.file.n_classes:,} classes, {self.file.n_parameters:,} parameters)"
        )


def read_model(path: str | Path, *, architecture: str | Path | None = None) -> Model:
    """Read a model file; nothing in it is executed.

    Args:
        path: ``.h5`` of Keras 2 or 3, ``.keras``, or an ``.h5`` of weights alone.
        architecture: For weights alone: a built-in name, or a `Path` to what ``model.to_json()``
            wrote. Where exactly one built-in architecture fits, it is found by itself.

    Raises:
        InvalidInput: The file is no model, damaged, not safe, or does not fit the architecture.
    """
    return Model(modelfile.read(Path(path), architecture=_architecture(architecture)))


def _architecture(given: str | Path | None) -> modelfile.Architecture | None:
    if given is None:
        return None
    return architectures.read_json(given) if isinstance(given, Path) else architectures.named(given)
