"""What jobs are about: rows for scripted jobs, data sets to upload, the files of real jobs."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import children
from core.requests import DemoRequest, RepairOptions, RepairRequest, TestInputs
from core.results import Event
from netmend.client import Client
from service import db
from service.schemas import JobData
from service.tables import Dataset, Model
from worker import packing

from .systems import System

#: The repairs of real jobs need not be good, only the same each time.
REAL_PARAMS = {"epochs": 1, "flip": False}
_N_IMAGES, _SIDE = 64, 72


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """Ids of a model and of images that are ready."""

    model: str
    data: JobData


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A repair that nobody disturbed."""

    model: Path
    validation: Path
    #: The repaired model, byte for byte.
    repaired: bytes


def images(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pixels and labels of the data set of a seed, 1 MB of noise."""
    rng = np.random.default_rng(seed)
    shape = (_N_IMAGES, _SIDE, _SIDE, 3)
    return rng.integers(0, 256, shape, dtype=np.uint8), rng.integers(0, 4, _N_IMAGES)


def image_file(seed: int) -> bytes:
    """The data set of a seed, as people send it."""
    pixels, labels = images(seed)
    file = io.BytesIO()
    np.savez(file, data=pixels, label=labels)
    return file.getvalue()


def scripted_subjects(system: System) -> Subjects:
    """A model and images that only scripted children can do something with."""
    folder = system.disk.folder / "canonical"
    folder.mkdir()
    (folder / "facts.json").write_text("{}")
    packed = folder.with_suffix(".tar")
    packing.pack(folder, packed)
    with packed.open("rb") as stream:
        sha256 = system.storage.put(stream).sha256
    with db.session_scope(system.engine) as session:
        model, dataset = (_ready(table, system.owner_id, sha256) for table in (Model, Dataset))
        session.add_all([model, dataset])
        session.flush()
        return Subjects(model=model.id, data=JobData(clean_validation=dataset.id))


def real_subjects(system: System, reference: Reference) -> Subjects:
    """The inputs of the reference, uploaded and checked."""
    with Client(system.url, system.token) as client:
        model = client.models.add(reference.model)
        validation = client.datasets.add(reference.validation)
        client.models.wait(model.id, timeout_s=120)
        client.datasets.wait(validation.id, timeout_s=120)
    return Subjects(model=model.id, data=JobData(clean_validation=validation.id))


def reference(folder: Path, seed: int) -> Reference:
    """A small model, and what the children make of it where nobody disturbs them."""
    demo = {"kind": "demo", "request": DemoRequest(output=str(folder), seed=seed).to_json()}
    made = children.run(demo, on_event=_ignore, folder=folder)
    model, validation = Path(made["model"]), Path(made["clean_validation"])
    children.ingest_model(model, folder / "model")
    children.ingest_images(validation, folder / "validation")
    output = folder / "repaired"
    output.mkdir()
    request = RepairRequest(
        model=str(folder / "model"),
        clean_validation=str(folder / "validation"),
        tests=TestInputs(),
        options=RepairOptions(method="fine-pruning", params=REAL_PARAMS),
        output=str(output),
    )
    repair = {"kind": "repair", "request": request.to_json()}
    children.run(repair, on_event=_ignore, folder=folder)
    repaired = (output / "repaired.h5").read_bytes()
    return Reference(model=model, validation=validation, repaired=repaired)


def _ready(table: type[Model] | type[Dataset], owner_id: str, sha256: str) -> Model | Dataset:
    return table(
        owner_id=owner_id, name="thing", file_name="thing.h5", sha256=sha256, n_bytes=1,
        canonical_sha256=sha256, state="ready", facts={}, options={"role": "clean"},
    )  # fmt: skip


def _ignore(_: Event) -> None:
    pass
