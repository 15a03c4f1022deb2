"""A job once more, with changes: its request as a form."""

import dataclasses
import typing
import urllib.parse
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask
import werkzeug

from core import catalogue
from core.errors import InvalidParams, ProjectError
from core.requests import GoodNetRule
from service import errors as service_errors
from service import jobs
from service.tables import Job

from .. import announcing, error_pages, policies, services
from . import forms, guard, recipes, rendering
from .forms import Field, Form

blueprint = flask.Blueprint("retrying", __name__, url_prefix="/jobs/<uuid:job_id>/retry")

#: What a button sends that only wants to see the parameters of another method.
_LOOK = "look"
_PREPROCESSINGS = ("auto", "none", "/255", "[-1,1]", "imagenet-caffe", "imagenet-torch")


def _choices(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple((value, value) for value in values)


#: The fields beside the parameters of the method.
_OPTIONS = (
    Field(name="name", label="Name"),
    Field(
        name="max_accuracy_drops",
        label="Accuracy budgets, in points",
        help="How much clean accuracy may be lost, such as 4 or 2, 4, 10.",
    ),
    Field(name="seed", label="Seed", kind="whole", minimum=0, maximum=2**32 - 1),
    Field(
        name="preprocessing",
        label="Scaling of pixels",
        help="What the model was trained on; auto finds out.",
        kind="choice",
        choices=_choices(*_PREPROCESSINGS),
    ),
    Field(
        name="gate.max_attack_success_rate",
        label="Most attack success, %",
        help="A result above it has missed the gate; empty is no limit.",
    ),
    Field(
        name="gate.max_accuracy_drop",
        label="Most accuracy lost, points",
        help="A larger loss has missed the gate; empty is no limit.",
    ),
    Field(
        name="goodnet.rule",
        label="Rule of the N+1 model",
        help="Flag what a trigger of a suspected target does; all that the models disagree on; or "
        "only above a calibrated threshold. Auto chooses.",
        kind="choice",
        choices=_choices(*typing.get_args(GoodNetRule)),
    ),
    Field(
        name="goodnet.false_positive_rate",
        label="False positives, %",
        help="Clean images that the calibrated rule may flag.",
    ),
    Field(name="queue", label="Runs on", kind="choice", choices=_choices("cpu", "gpu")),
    Field(
        name="priority",
        label="Priority",
        kind="choice",
        choices=_choices("low", "normal", "high"),
    ),
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
    problems = forms.problems_of(error) if error else {}
    method = forms.last(form, "method", job.method or catalogue.DEFAULT_METHOD)
    schema = catalogue.json_schema(catalogue.METHODS.get(method, catalogue.FinePruning))
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
        options=_options(job, form, problems),
        problems=problems,
        draft=_draft(job.request),
    )


def _options(job: Job, form: Form, problems: Mapping[str, str]) -> list[Field]:
    written = _written(job.request)
    return [
        dataclasses.replace(
            option,
            value=forms.last(form, option.name, written[option.name]),
            problem=problems.get(option.name, ""),
        )
        for option in _OPTIONS
    ]


def _written(request: Mapping[str, Any]) -> dict[str, str]:
    """Field to its value as it would be typed."""
    gate, goodnet = request.get("gate") or {}, request["goodnet"]
    plain = {name: str(request[name]) for name in ("name", "seed", "preprocessing", "queue")}
    return {
        **plain,
        "priority": request["priority"],
        "max_accuracy_drops": ", ".join(map(_percent, request["max_accuracy_drops"])),
        "gate.max_attack_success_rate": _percent(gate.get("max_attack_success_rate")),
        "gate.max_accuracy_drop": _percent(gate.get("max_accuracy_drop")),
        "goodnet.rule": goodnet["rule"],
        "goodnet.false_positive_rate": _percent(goodnet["false_positive_rate"]),
    }


def _overrides(form: Form) -> dict[str, Any]:
    """What the form asks for; texts that are no numbers stay texts, to be refused."""
    method = forms.last(form, "method", catalogue.DEFAULT_METHOD)
    known = catalogue.METHODS.get(method)
    gate = {
        name: forms.share(forms.last(form, f"gate.{name}"))
        for name in ("max_attack_success_rate", "max_accuracy_drop")
    }
    plain = ("name", "seed", "preprocessing", "queue", "priority")
    return {
        **{name: forms.last(form, name).strip() for name in plain if name in form},
        "method": method,
        "params": forms.values_of(catalogue.json_schema(known), form) if known else {},
        "max_accuracy_drops": forms.shares(forms.last(form, "max_accuracy_drops")),
        "gate": gate if any(limit is not None for limit in gate.values()) else None,
        "goodnet": {
            "rule": forms.last(form, "goodnet.rule", "auto"),
            "false_positive_rate": forms.share(forms.last(form, "goodnet.false_positive_rate")),
        },
    }


def _draft(request: Mapping[str, Any]) -> str:
    """The address of a new repair that is asked for alike, where also its inputs can change."""
    data, written = request["data"], _written(request)
    fields = [
        ("model", request["model"]),
        ("data.clean_validation", data["clean_validation"]),
        ("data.unlabelled", data.get("unlabelled") or ""),
        ("data.clean_test", data.get("clean_test") or ""),
        *(("data.poisoned_test", item) for item in data["poisoned_test"]),
        ("method", request["method"]),
        ("params_of", request["method"]),
        *((f"{forms.PARAMS}{name}", str(value)) for name, value in request["params"].items()),
        *((name, text) for name, text in written.items() if not name.startswith("goodnet.")),
    ]
    return f"/repairs/new?{urllib.parse.urlencode([pair for pair in fields if pair[1]])}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.10g}"
