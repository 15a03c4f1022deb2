"""A service in which people have worked: repairs of all endings, a batch, a refused file."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np

from core.errors import InvalidInput
from netmend.client import (
    BatchCreate,
    BatchMethod,
    Client,
    JobCreate,
    JobData,
    ModelDiagnose,
    ProblemError,
)

from .files import DEMO_PARAMS, Files, pictures
from .stack import Stack

_METHOD = "fine-pruning"
_QUICK = {**DEMO_PARAMS, "epochs": 4}
_FOREVER = {**DEMO_PARAMS, "epochs": 500, "learning_rate": 0.000001}


@dataclass(frozen=True, kw_only=True)
class Example:
    """Ids of what is there."""

    model: str
    refused: str
    clean: str
    poisoned: str
    repaired: str
    budgets: str
    other: str
    failed: str
    canceled: str
    check: str
    batch: str
    tried: str
    diagnosed: str


def fill(stack: Stack, files: Files) -> Example:
    """Do what people do, and wait until all of it has ended."""
    with Client(stack.url, stack.token) as client:
        return _fill(client, files)


@contextlib.contextmanager
def busy(client: Client, example: Example) -> Iterator[dict[str, str]]:
    """A repair that goes on for long and one that waits behind it, for a while."""
    data = client.jobs.get(example.repaired).request["data"]
    asked = JobCreate(
        model=example.model, data=data, method=_METHOD, params=_FOREVER, name="A long repair"
    )
    running = client.jobs.submit(asked).id
    waiting = client.jobs.submit(asked.model_copy(update={"name": "The next one"})).id
    _wait_until_it_runs(client, running)
    yield {"running": running, "waiting": waiting}
    for job_id in (waiting, running):
        with contextlib.suppress(ProblemError):  # it was canceled meanwhile
            client.jobs.cancel(job_id)


def _fill(client: Client, files: Files) -> Example:
    model = client.models.wait(client.models.add(files.model, name="Digits").id)
    data = JobData(
        clean_validation=_images(client, files.clean_validation, name="Digits to repair with"),
        clean_test=_images(client, files.clean_test, name="Digits to test on"),
        poisoned_test=(_images(client, files.poisoned, name="Bright corner", role="poisoned"),),
    )
    wrong = data.model_copy(update={"clean_validation": _mislabelled(client, files)})

    def submit(name: str, *, data: JobData = data, **more: Any) -> str:
        asked = JobCreate(model=model.id, data=data, name=name, **{"method": _METHOD, **more})
        return client.jobs.submit(asked).id

    repaired = submit("Digits with a bright corner", params=dict(DEMO_PARAMS), tags=("lab3",))
    budgets = submit("Four budgets", params=_QUICK, max_accuracy_drops=(0.02, 0.04, 0.1, 0.3))
    other = submit("Fine-tuned only", method="fine-tuning", params=_QUICK, tags=("lab3", "again"))
    failed = submit("With the wrong labels", data=wrong)
    canceled = submit("Never mind", params=_FOREVER)
    client.jobs.cancel(canceled)
    asked = ModelDiagnose(clean_validation=data.clean_validation, preprocessing="/255")
    diagnosed = client.diagnoses.submit(model.id, asked).id
    batch = client.batches.submit(
        BatchCreate(
            name="Methods side by side",
            models=(model.id,),
            data=(data,),
            methods=tuple(
                BatchMethod(name=name, params=_QUICK) for name in ("fine-pruning", "fine-tuning")
            ),
            seeds=(0, 1),
        )
    )
    refused = _refused(client, files)
    client.jobs.wait(repaired)
    tried = client.predictions.of_job(
        repaired, pictures(files.poisoned, files.poisoned.parent, n=3)
    ).job_id
    client.batches.wait(batch.id)
    client.jobs.wait(diagnosed)
    return Example(
        model=model.id, refused=refused, clean=data.clean_test or "",
        poisoned=data.poisoned_test[0], repaired=repaired, budgets=budgets, other=other,
        failed=failed, canceled=canceled, check=model.intake_job_id, batch=batch.id,
        tried=tried, diagnosed=diagnosed,
    )  # fmt: skip


def _images(client: Client, path: Any, **options: Any) -> str:
    return client.datasets.wait(client.datasets.add(path, **options).id).id


def _mislabelled(client: Client, files: Files) -> str:
    """The images with labels that are those of others: no model is right about them."""
    path = files.clean_validation.with_name("shuffled.h5")
    with h5py.File(files.clean_validation) as given, h5py.File(path, "w") as file:
        file["data"] = given["data"][:]
        file["label"] = np.roll(given["label"][:], 7)
    return _images(client, path, name="Labels of other images")


def _refused(client: Client, files: Files) -> str:
    """A data set that was taken for a model."""
    model = client.models.add(files.clean_test, name="Not a model")
    try:
        client.models.wait(model.id)
    except InvalidInput:
        return model.id
    raise AssertionError("a data set was taken as a model")


def _wait_until_it_runs(client: Client, job_id: str) -> None:
    for event in client.jobs.events(job_id, timeout_s=60):
        if event.type == "progress":
            return
