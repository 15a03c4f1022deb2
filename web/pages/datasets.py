"""The library of data sets."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask
import werkzeug

from service import datasets, overviews, schemas
from service import errors as service_errors

from .. import services
from . import guard, histograms, library
from .library import Library, LibraryQuery

blueprint = flask.Blueprint("datasets", __name__, url_prefix="/datasets")


def _rows(session: Any, wanted: LibraryQuery) -> Any:
    asked = schemas.DatasetFilter.model_validate(
        {
            "q": wanted.q,
            "tag": wanted.tag,
            "state": (wanted.state,) if wanted.state else (),
            "role": wanted.role or None,
        }
    )
    return datasets.list_datasets(session, asked, cursor=wanted.cursor, limit=wanted.limit)


def _more(session: Any, dataset: Any) -> Mapping[str, Any]:
    """Figures and pictures; people are shown only to whoever asks for it."""
    stats = _stats(session, dataset)
    return {
        "stats": stats,
        "histogram": histograms.of_classes(stats.class_counts) if stats else None,
        "shows_pictures": not dataset.options.get("people") or "show" in flask.request.args,
    }


def _stats(session: Any, dataset: Any) -> schemas.DatasetStatsView | None:
    try:
        file = overviews.stats(session, dataset)
    except service_errors.NotFound:
        return None
    with services.current().storage.open(file.sha256) as stream:
        return schemas.DatasetStatsView.model_validate_json(stream.read())


LIBRARY = Library(
    kind="dataset",
    noun="data set",
    address="/datasets",
    service=datasets,
    create=schemas.DatasetCreate,
    rows=_rows,
    more=_more,
)


@blueprint.get("")
def show_list() -> flask.Response:
    """All data sets."""
    return library.show_list(LIBRARY)


@blueprint.post("")
@guard.checks_its_form
def add() -> werkzeug.Response:
    """Bring a data set."""
    return library.add(LIBRARY)


@blueprint.get("/<uuid:dataset_id>")
def show(dataset_id: UUID) -> flask.Response:
    """One data set."""
    return library.show(LIBRARY, str(dataset_id))


@blueprint.post("/<uuid:dataset_id>")
def edit(dataset_id: UUID) -> werkzeug.Response:
    """Change what people call a data set and say about it."""
    return library.edit(LIBRARY, str(dataset_id))


@blueprint.post("/<uuid:dataset_id>/again")
def read_again(dataset_id: UUID) -> werkzeug.Response:
    """Read a file with another role, layout or meaning of its labels."""
    return library.show_again(LIBRARY, str(dataset_id))


@blueprint.post("/<uuid:dataset_id>/delete")
def delete(dataset_id: UUID) -> werkzeug.Response:
    """Forget a data set."""
    return library.delete(LIBRARY, str(dataset_id))
