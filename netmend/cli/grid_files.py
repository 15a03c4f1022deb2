"""Files that describe a batch: the fields of `BatchCreate`, with files in place of ids."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import errors
from service.schemas import DatasetRole

from . import parsing, sending
from .sending import Given, GivenData

_MOST_BYTES = 2**20
_ROLES = ("clean_validation", "unlabelled", "clean_test", "poisoned_test")


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a batch is to be: its inputs, and the other fields of `BatchCreate`."""

    models: tuple[Given, ...] = ()
    data: tuple[GivenData, ...] = ()
    others: Mapping[str, Any]

    @property
    def inputs(self) -> list[Given]:
        """All models and data sets that are named."""
        return [*self.models, *(item for data in self.data for item in data.all)]


def read(path: Path) -> Description:
    """What a TOML or JSON file describes; the files that it names are beside it.

    Raises:
        UnreadableFile: It cannot be opened.
        InvalidParams: It is neither TOML nor JSON, or a model or data set in it is described with
            something that there is not.
    """
    told = _parsed(path)
    folder = path.parent
    others = {name: told[name] for name in told if name not in ("models", "data")}
    return Description(
        models=tuple(_model(item, folder) for item in _listed(told, "models", str(path))),
        data=tuple(_data(item, folder) for item in _listed(told, "data", str(path))),
        others={**others, **_budgets(others)},
    )


def _parsed(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
        found = json.loads(content) if path.suffix == ".json" else tomllib.loads(content.decode())
    except OSError as error:
        raise errors.UnreadableFile(
            f"{path} cannot be read: {error.strerror}", place=str(path), reason=error.strerror
        ) from error
    except (ValueError, RecursionError) as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise errors.InvalidParams(f"{path} is no {kind}: {error}", place=str(path)) from error
    if not isinstance(found, dict):
        raise errors.InvalidParams(f"{path} holds no fields of a batch", place=str(path))
    return found


def _listed(told: Mapping[str, Any], name: str, place: str) -> list[Any]:
    found = told.get(name, [])
    if not isinstance(found, list):
        raise errors.InvalidParams(f"{name} must be a list", field=name, place=place)
    return found


def _budgets(others: Mapping[str, Any]) -> dict[str, Any]:
    """Budgets may be written as on the command line: ``"4%"``."""
    found = others.get("max_accuracy_drops")
    if not isinstance(found, list):
        return {}
    return {
        "max_accuracy_drops": [
            parsing.fraction(item) if isinstance(item, str) else item for item in found
        ]
    }


def _model(told: Any, folder: Path) -> Given:
    place, said = _place(told, folder, "models")
    _refuse_unknown(said, {"architecture"}, "models")
    return sending.model(place, **said)


def _data(told: Any, folder: Path) -> GivenData:
    if not isinstance(told, dict) or "clean_validation" not in told:
        raise errors.InvalidParams("each of data needs clean_validation", field="data")
    _refuse_unknown(told, set(_ROLES), "data")
    clean_test, unlabelled = told.get("clean_test"), told.get("unlabelled")
    return GivenData(
        clean_validation=_images(told["clean_validation"], folder, "clean"),
        unlabelled=None if unlabelled is None else _images(unlabelled, folder, "unlabelled"),
        clean_test=None if clean_test is None else _images(clean_test, folder, "clean"),
        poisoned_test=tuple(
            _images(item, folder, "poisoned") for item in _listed(told, "poisoned_test", "data")
        ),
    )


def _images(told: Any, folder: Path, role: DatasetRole) -> Given:
    place, said = _place(told, folder, "data")
    _refuse_unknown(said, {"layout", "labels", "target_label", "name"}, "data")
    return sending.images(place, role=role, **said)


def _place(told: Any, folder: Path, field: str) -> tuple[str, dict[str, Any]]:
    """A file or an id, and what is said of the file."""
    said = {"file": told} if isinstance(told, str) else told
    if not isinstance(said, dict) or not isinstance(said.get("file"), str):
        raise errors.InvalidParams(
            f"{field} are files or ids, or tables with 'file'", field=field, received=repr(told)
        )
    place = said["file"]
    found = place if Given(place).path is None else str(folder / place)
    return found, {name: said[name] for name in said if name != "file"}


def _refuse_unknown(said: Mapping[str, Any], known: set[str], field: str) -> None:
    unknown = sorted(said.keys() - known)
    if unknown:
        raise errors.InvalidParams(
            f"{field} know no {', '.join(unknown)}; they know {', '.join(sorted(known))}",
            field=field, received=unknown, expected=sorted(known),
        )  # fmt: skip
