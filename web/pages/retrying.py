"""A job once more, with changes: its request as a form."""

import urllib.parse
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask
import werkzeug

from core import catalogue
from core.errors import InvalidParams, ProjectError
from service import errors as service_errors
from service import jobs

from .. import announcing, error_pages, policies, services
from . import forms, guard, recipes, rendering, repair_options
from .forms import Field, Form

blueprint = flask.Blueprint("retrying", __name__, url_prefix="/jobs/<uuid:job_id>/retry")

#: What a button sends that only wants to see the parameters of another method.
_LOOK = "look"
#: The fields beside the parameters of the method.
_OPTIONS = (
    Field(name="name", label="Name"),
    Field(
        name="max_accuracy_drops",
        label="Accuracy budgets, in points",
        help="How much clean accuracy may be lost, such as 4 or 2, 4, 10.",
    ),
    repair_options.SEED,
    *repair_options.REPAIR,
    *repair_options.WORK,
)
#: What is wrong with a form, or with what it asks for; another job may still be possible.
_REFUSED = (
    service_errors.InvalidRequest,
    service_errors.Conflict,
    service_errors.NotFound,
    InvalidParams,
)


@blueprint.get("")
def show(job_id: UUID) -> flask.Response:
    """The form, filled in as the job was asked for."""
    return _page(str(job_id), Form())


@blueprint.post("")
@policies.needs(policies.SUBMIT_JOBS)
def retry(job_id: UUID) -> werkzeug.Response:
    """Submit the new job; what is wrong with the form is told all at once."""
    form: Form = flask.request.form
    if _LOOK in form:
        return _page(str(job_id), form)
    try:
        with services.session() as session:
            job = jobs.retry(
                session, str(job_id), _overrides(form), owner_id=guard.person().user_id
            )
            announcing.after_this_request(session, job.id)
    except _REFUSED as error:
        return _page(str(job_id), form, error)
    flask.flash("Submitted as a new job.", "success")
    return flask.redirect(flask.url_for("pages.job.show", job_id=job.id), 303)


def _page(job_id: str, form: Form, error: ProjectError | None = None) -> flask.Response:
    with services.session(read_only=True) as session:
        job = jobs.get(session, job_id)
        inputs = jobs.named_inputs_of(session, job_id)
    if job.kind != "repair":
        raise service_errors.Conflict("only repairs can be retried", id=job_id)
    problems = {**forms.problems_of(error), **repair_options.problems(form)} if error else {}
    method = forms.last(form, "method", job.method or catalogue.DEFAULT_METHOD)
    schema = catalogue.json_schema(catalogue.METHODS.get(method, catalogue.FinePruning))
    written = _written(job.request)
    asked = job.request["params"] if method == job.method else {}
    return rendering.page(
        "job_retry.html",
        status=error_pages.status_of(type(error)) if error else 200,
        job=job,
        inputs=inputs,
        method=method,
        families=recipes.families(),
        chosen_method=catalogue.METHODS.get(method, catalogue.FinePruning),
        params=forms.fields(schema, asked, form=form, problems=problems),
        options=forms.filled(_OPTIONS, form, written=written, problems=problems),
        good_net=forms.filled(repair_options.GOOD_NET, form, written=written, problems=problems),
        labels=repair_options.LABELS,
        problems=problems,
        draft=_draft(job.request),
    )


def _written(request: Mapping[str, Any]) -> dict[str, str]:
    """Field to its value as it would be typed."""
    return {
        **repair_options.written(request),
        "name": request["name"],
        "max_accuracy_drops": ", ".join(map(repair_options.percent, request["max_accuracy_drops"])),
    }


def _overrides(form: Form) -> dict[str, Any]:
    """What the form asks for; texts that are no numbers stay texts, to be refused."""
    method = forms.last(form, "method", catalogue.DEFAULT_METHOD)
    known = catalogue.METHODS.get(method)
    plain = {name: forms.last(form, name).strip() for name in ("name", "seed") if name in form}
    return {
        **plain,
        "method": method,
        "params": forms.values_of(catalogue.json_schema(known), form) if known else {},
        "max_accuracy_drops": forms.shares(forms.last(form, "max_accuracy_drops")),
        **repair_options.asked(form),
    }


def _draft(request: Mapping[str, Any]) -> str:
    """The address of a new repair that is asked for alike, where also its inputs can change."""
    data = request["data"]
    written = {
        name: text
        for name, text in _written(request).items()
        if text != repair_options.USUAL.get(name)
    }
    fields = [
        ("model", request["model"]),
        ("data.clean_validation", data["clean_validation"]),
        ("data.unlabelled", data.get("unlabelled") or ""),
        ("data.clean_test", data.get("clean_test") or ""),
        *(("data.poisoned_test", item) for item in data["poisoned_test"]),
        ("method", request["method"]),
        ("params_of", request["method"]),
        *((f"{forms.PARAMS}{name}", str(value)) for name, value in request["params"].items()),
        *written.items(),
    ]
    return f"/repairs/new?{urllib.parse.urlencode([pair for pair in fields if pair[1]])}"
