"""Named architectures for files that hold weights only, and architectures from JSON files."""

from collections.abc import Mapping
from pathlib import Path

from . import errors, modelfile
from .modelfile import Architecture, LayerWeights, json_text, variables

#: Name to architecture, of those that come with netmend.
NAMED: Mapping[str, Architecture] = modelfile.NAMED

_MAX_BYTES = 4 * json_text.MAX_LENGTH


def named(name: str) -> Architecture:
    """The built-in architecture of that name.

    Raises:
        InvalidParams: There is none; the message lists those there are.
    """
    if name not in NAMED:
        raise errors.InvalidParams(
            f"there is no architecture {name!r}; there are {', '.join(NAMED)};"
            " a model.to_json() file does as well",
            field="architecture", received=name, expected=list(NAMED),
        )  # fmt: skip
    return NAMED[name]


def read_json(path: Path) -> Architecture:
    """The architecture in a ``model.to_json()`` file, through the same checks as a model's.

    Raises:
        UnreadableFile: The file cannot be opened.
        CorruptFile: It is not JSON.
        NotAModel: It is not the architecture of a Keras model.
        UnsafeModel: Something in it is not on the allow-list.
        TooLarge: It is larger than any real architecture.
    """
    config = json_text.parse(_text(path), place=path.name)
    version = config.get("keras_version") if isinstance(config, dict) else None
    return modelfile.architecture(
        config, keras_version=version if isinstance(version, str) else None
    )


def fitting(weights: Mapping[str, LayerWeights]) -> tuple[str, ...]:
    """Names of the built-in architectures that have exactly these shapes, layer by layer.

    Args:
        weights: In the order of the layers; their names do not count.
    """
    shapes = [tuple(array.shape for array in own.arrays) for own in weights.values()]
    return tuple(name for name in NAMED if _shapes(NAMED[name]) == shapes)


def _shapes(architecture: Architecture) -> list[tuple[tuple[int, ...], ...]]:
    own = variables.variables(architecture)
    return [tuple(variable.shape for variable in layer) for layer in own.values()]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise errors.TooLarge(f"{path.name} is larger than any architecture", place=path.name)
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise errors.UnreadableFile(
            f"{path.name} cannot be read: {error.strerror}", reason=error.strerror
        ) from error
    except UnicodeDecodeError as error:
        raise errors.CorruptFile(f"{path.name} is not text: {error}", place=path.name) from error
