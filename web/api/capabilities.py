"""What this server is and can do, for programs that want to know before they ask."""

import importlib.metadata
from collections.abc import Sequence

import flask
import pydantic

from core import catalogue, preprocessing
from service import queue, schemas, subjects, workers

from .. import answering, policies, services
from ..openapi import Description, describe
from . import predict

blueprint = flask.Blueprint("capabilities", __name__)

#: Workers that were not heard of for so long are not there.
_SEEN_WITHIN_S = 60.0
_CPU = "cpu"


class Links(pydantic.BaseModel):
    """Where things are."""

    links: dict[str, str]


class Version(pydantic.BaseModel):
    """Which netmend this is."""

    name: str
    version: str
    api: str


class Limits(pydantic.BaseModel):
    """The most that can be asked for."""

    max_upload_bytes: int
    max_job_memory_bytes: int
    job_time_limit_s: float
    max_pictures: int
    max_pictures_bytes: int
    max_streams: int


class Queue(pydantic.BaseModel):
    """A queue, and the workers that take jobs from it."""

    name: str
    n_workers: int
    devices: list[str]


class Capabilities(pydantic.BaseModel):
    """What this server can do."""

    limits: Limits
    model_formats: list[str]
    dataset_formats: list[str]
    picture_formats: list[str]
    methods: list[str]
    preprocessings: list[str]
    architectures: list[str]
    queues: list[Queue]
    has_gpu: bool
    #: How the last upload was locked up while it was checked; ``None``: none was checked yet.
    sandbox: schemas.Sandbox | None


@blueprint.get("/")
@describe(Description(policy=policies.READ, answers={200: Links, 304: None}, tag="system"))
def show_links() -> flask.Response:
    """Where to start."""
    names = ("uploads", "models", "datasets", "methods", "jobs", "workers", "queue")
    base = flask.request.path
    links = {name: f"{base}{name}" for name in (*names, "capabilities", "version")}
    found = Links(links={**links, "openapi": f"{base}openapi.json"})
    return answering.cacheable(answering.view(found))


@blueprint.get("/version")
@describe(Description(policy=policies.READ, answers={200: Version, 304: None}, tag="system"))
def show_version() -> flask.Response:
    """Which netmend this is."""
    version = importlib.metadata.version("netmend")
    return answering.cacheable(answering.view(Version(name="netmend", version=version, api="v1")))


@blueprint.get("/capabilities")
@describe(Description(policy=policies.READ, answers={200: Capabilities, 304: None}, tag="system"))
def show_capabilities() -> flask.Response:
    """Limits, formats, methods, and what the workers that are there work on."""
    with services.session(read_only=True) as session:
        rows = workers.list_workers(session, within_s=_SEEN_WITHIN_S)
        slots = [schemas.WorkerView.of(row) for row in rows]
        sandbox = subjects.last_sandbox(session)
    found = Capabilities(
        limits=_limits(),
        model_formats=[".h5", ".keras"],
        dataset_formats=[".h5", ".npz", ".zip"],
        picture_formats=["png", "jpeg", "bmp"],
        methods=list(catalogue.METHODS),
        preprocessings=["auto", *preprocessing.PREPROCESSINGS],
        architectures=list(catalogue.ARCHITECTURES),
        queues=[_queue(name, slots) for name in queue.QUEUES],
        has_gpu=any(slot.device != _CPU for slot in slots),
        sandbox=schemas.Sandbox.model_validate(sandbox) if sandbox else None,
    )
    return answering.cacheable(answering.view(found))


def _limits() -> Limits:
    settings = services.current().settings
    return Limits(
        max_upload_bytes=settings.max_upload_bytes,
        max_job_memory_bytes=settings.max_job_memory_bytes,
        job_time_limit_s=settings.job_time_limit_s,
        max_pictures=schemas.MAX_PICTURES,
        max_pictures_bytes=predict.MAX_PICTURES_BYTES,
        max_streams=settings.max_streams,
    )


def _queue(name: str, slots: Sequence[schemas.WorkerView]) -> Queue:
    own = [slot for slot in slots if name in slot.queues]
    return Queue(name=name, n_workers=len(own), devices=sorted({slot.device for slot in own}))
