"""What jobs need: models and data sets, found and checked all at once."""

import math
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import InvalidParams, ProjectError

from .. import errors, subjects
from ..schemas import GoodNetOptions, JobCreate, JobData
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


def find_of_job(session: Session, request: JobCreate) -> Found:
    """What one job needs, found by `find` and with the classes that were declared.

    Raises:
        InvalidParams: A declared target of the N+1 model is no class of the model.
    """
    found = find(session, of_job(request))
    check_targets(request.goodnet, [request.model], found)
    return found


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


def check_targets(options: GoodNetOptions, model_ids: Iterable[str], found: Found) -> None:
    """Refuse declared targets that a model does not have, as far as its classes are known.

    Raises:
        InvalidParams: ``errors`` of it names all of them.
    """
    told = [
        {"pointer": f"#/goodnet/targets/{place}", "detail": _no_class_of(found[model_id], target)}
        for model_id in model_ids
        for place, target in enumerate(options.targets)
        if target >= _n_classes(found[model_id])
    ]
    if told:
        raise InvalidParams(told[0]["detail"], field="goodnet.targets", errors=told)


def rows(request: JobCreate) -> list[JobInput]:
    """Rows that do not name their job yet."""
    return [
        JobInput(role="model", position=0, model_id=request.model),
        *(
            JobInput(role=role, position=place, dataset_id=dataset_id)
            for role, place, dataset_id in _by_role(request.data)
        ),
    ]


def _n_classes(model: Model | Dataset) -> float:
    return (model.facts or {}).get("n_classes") or math.inf


def _no_class_of(model: Model | Dataset, target: int) -> str:
    n_classes = int(_n_classes(model))
    return (
        f"the target {target} is none of the {n_classes} classes of {model.name!r}: "
        f"name one from 0 to {n_classes - 1}"
    )


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
