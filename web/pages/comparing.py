"""Jobs beside each other, and what came of each."""

import flask

from service import comparing, schemas

from .. import reading, services
from . import rendering

blueprint = flask.Blueprint("comparing", __name__)

#: Name of a share to what people call it.
_WORDS = {
    "clean_accuracy": "Clean accuracy",
    "attack_success_rate": "Attack success",
    "robust_accuracy": "Robust accuracy",
    "floor": "Floor of attack success",
    "detection_rate": "Caught",
    "false_positive_rate": "False alarms",
}
_PHASES = {"before": "before", "after": "after", "goodnet": "of the N+1 model"}


@blueprint.get("/compare")
def show() -> flask.Response:
    """Jobs that the address names; the first is what the others are measured against."""
    ids = list(dict.fromkeys(flask.request.args.getlist("job")))
    if len(ids) < comparing.FEWEST:
        return rendering.page("compare_nothing.html", n_chosen=len(ids))
    found = _comparison(ids)
    return rendering.page(
        "compare.html",
        found=found,
        jobs={job.id: job for job in found.jobs},
        words=_WORDS,
        phases=_PHASES,
        table=flask.url_for("api.compare.compare_jobs_as_csv", job=ids),
        only_differences="all" not in flask.request.args,
    )


def _comparison(ids: list[str]) -> schemas.Comparison:
    wanted = reading.checked(_Chosen, {"job": ids})
    with services.session(read_only=True) as session:
        return comparing.compare(session, wanted.job)


class _Chosen(schemas.Asked):
    job: tuple[schemas.Id, ...]
