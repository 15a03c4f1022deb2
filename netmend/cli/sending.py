"""Models and images for a server: files are uploaded and checked, ids stay as they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core import errors
from service.schemas import DatasetRole, SubjectView

from .. import testfiles
from ..client import Client
from . import progress, upload, uploads

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Given:
    """A file, or the id of what the server has."""

    place: str
    #: What is said of a file: fields of `service.schemas.ModelCreate` or `DatasetCreate`.
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def path(self) -> Path | None:
        """The file; ``None`` for an id."""
        return None if _ID.fullmatch(self.place) else Path(self.place)


@dataclass(frozen=True, kw_only=True)
class GivenData:
    """The data sets of a repair, by role."""

    clean_validation: Given
    clean_test: Given | None = None
    poisoned_test: tuple[Given, ...] = ()
    unlabelled: Given | None = None

    @property
    def all(self) -> list[Given]:
        """All of them."""
        single = (self.clean_validation, self.unlabelled, self.clean_test)
        return [*(item for item in single if item is not None), *self.poisoned_test]


def model(place: str, *, architecture: str | None = None) -> Given:
    """A model and, of a file of weights alone, the built-in architecture that it fits."""
    return _declared(Given(place, _options(architecture=architecture)))


def images(place: str, *, role: DatasetRole = "clean", **options: Any) -> Given:
    """A set of images; `options` are fields of `service.schemas.DatasetCreate`."""
    said = {name: value for name, value in options.items() if value not in (None, "auto")}
    given = _declared(Given(place, _options(**said)))
    return given if given.path is None else Given(place, _options(role=role, **said))


def data(  # noqa: PLR0913 - each is a file, or says what is in one
    clean_validation: str,
    clean_test: str | None = None,
    poisoned_test: Sequence[str] = (),
    *,
    unlabelled: str | None = None,
    labels: Sequence[str] | None = None,
    target_labels: Sequence[int] | None = None,
    layout: str = "auto",
) -> GivenData:
    """The data sets of a repair, with what is said about them.

    Raises:
        InvalidParams: There are neither as many labels as poisoned sets nor one, or something is
            said about what the server has already.
    """
    tests = testfiles.collect(
        None, [Path(item) for item in poisoned_test], labels=labels, target_labels=target_labels
    )
    return GivenData(
        clean_validation=images(clean_validation, layout=layout),
        clean_test=images(clean_test, layout=layout) if clean_test else None,
        unlabelled=(images(unlabelled, role="unlabelled", layout=layout) if unlabelled else None),
        poisoned_test=tuple(
            images(
                str(item.path),
                role="poisoned",
                layout=layout,
                labels=item.labels,
                target_label=item.target_label,
                name=None if _ID.fullmatch(str(item.path)) else item.name,
            )
            for item in tests.poisoned
        ),
    )


def check_readable(given: Sequence[Given]) -> None:
    """Refuse files that are not there before any is sent."""
    uploads.check_readable(*(item.path for item in given))


@dataclass(frozen=True)
class Sender:
    """Sends each file once, however often it is named."""

    client: Client
    on_event: progress.OnEvent
    _sent: dict[Given, str] = field(default_factory=dict)

    def model(self, given: Given) -> str:
        """Id of a model that is ready."""
        return self._ready(given, self.client.models)

    def images(self, given: Given) -> str:
        """Id of a data set that is ready."""
        return self._ready(given, self.client.datasets)

    def data(self, given: GivenData) -> dict[str, Any]:
        """The fields of `service.schemas.JobData`."""
        return {
            "clean_validation": self.images(given.clean_validation),
            "unlabelled": given.unlabelled and self.images(given.unlabelled),
            "clean_test": given.clean_test and self.images(given.clean_test),
            "poisoned_test": tuple(self.images(item) for item in given.poisoned_test),
        }

    def _ready(self, given: Given, shelf: Any) -> str:
        path = given.path
        if path is None:
            return given.place
        if given not in self._sent:
            on_bytes = upload.telling(self.on_event, path)
            added: SubjectView = shelf.add(path, on_bytes=on_bytes, **dict(given.options))
            self._sent[given] = shelf.wait(added.id).id
        return self._sent[given]


def _options(**said: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in said.items() if value is not None)


def _declared(given: Given) -> Given:
    """What was given, if nothing is said about what the server has."""
    if given.path is None and given.options:
        names = ", ".join(name.replace("_", " ") for name, _ in given.options)
        raise errors.InvalidParams(
            f"{given.place} is on the server, and was declared when it was uploaded; "
            f"give the file to say something else of its {names}",
            field=given.options[0][0], received=given.place,
        )  # fmt: skip
    return given
