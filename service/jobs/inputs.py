"""What jobs need: models and data sets, found and checked all at once."""

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import ProjectError

from .. import errors, subjects
from ..schemas import JobCreate, JobData
from ..tables import Dataset, JobInput, Model

Found = Mapping[str, Model | Dataset]

#: Role of a data set in a job to what it may be declared as.
_DECLARED: Mapping[str, tuple[str, ...]] = types.MappingProxyType(
    {
        "clean_validation": ("clean",),
        "clean_test": ("clean",),
        "poisoned_test": ("poisoned",),
        "unlabelled": ("clean", "unlabelled"),
    }
)


@dataclass(frozen=True)
class Wanted:
    """A model or data set that a request names."""

    #: Where in the request, as a JSON pointer (RFC 6901).
    pointer: str
    table: type[Model] | type[Dataset]
    id: str
    #: What a data set has to be declared as: one of these; anything will do if there are none.
    roles: tuple[str, ...] = ()


def of_job(request: JobCreate) -> list[Wanted]:
    """What one job needs."""
    return [of_model(request.model, at="#/model"), *of_data(request.data, at="#/data")]


def of_model(model_id: str, *, at: str) -> Wanted:
    """A model that stands at this place of the request."""
    return Wanted(at, Model, model_id)


def of_data(data: JobData, *, at: str) -> list[Wanted]:
    """What the data of jobs need; it stands at this place of the request."""
    return [
        Wanted(f"{at}/{_pointer(role, place)}", Dataset, dataset_id, _DECLARED[role])
        for role, place, dataset_id in _by_role(data)
    ]


def find(session: Session, wanted: Iterable[Wanted]) -> Found:
    """Id to model or data set; none of them is deleted before the transaction ends.

    Raises:
        NotFound: One is not there; the class is that of the first that is wrong, and ``errors``
            of it names all.
        Conflict: One is not ready, or is not what its role needs.
    """
    found: dict[str, Model | Dataset] = {}
    refused: list[tuple[Wanted, ProjectError]] = []
    for item in wanted:
        try:
            found[item.id] = subjects.get_ready(session, item.table, item.id, roles=item.roles)
        except (errors.NotFound, errors.Conflict) as error:
            refused.append((item, error))
    if refused:
        raise _all(refused)
    return found


def rows(request: JobCreate) -> list[JobInput]:
    """Rows that do not name their job yet."""
    return [
        JobInput(role="model", position=0, model_id=request.model),
        *(
            JobInput(role=role, position=place, dataset_id=dataset_id)
            for role, place, dataset_id in _by_role(request.data)
        ),
    ]


def _by_role(data: JobData) -> Iterator[tuple[str, int, str]]:
    yield "clean_validation", 0, data.clean_validation
    if data.unlabelled is not None:
        yield "unlabelled", 0, data.unlabelled
    if data.clean_test is not None:
        yield "clean_test", 0, data.clean_test
    for place, dataset_id in enumerate(data.poisoned_test):
        yield "poisoned_test", place, dataset_id


def _pointer(role: str, place: int) -> str:
    return f"{role}/{place}" if role == "poisoned_test" else role


def _all(refused: list[tuple[Wanted, ProjectError]]) -> ProjectError:
    first = refused[0][1]
    told = [{"pointer": item.pointer, "detail": str(error)} for item, error in refused]
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    return type(first)(f"{first}{more}", **{**first.details, "errors": told})
