"""Whether a job had the end that it had to have, and made what it had to make."""

import hashlib
import io
import tarfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from service.storage import Storage
from service.tables import Artifact, Dataset

from . import chain, inputs
from .chain import Nature
from .findings import Finding
from .histories import History
from .inputs import Reference
from .plans import Wish

#: How many attempts may come to nothing until a job fails: `Settings.max_worker_losses`.
MAX_LOSSES = 3
#: What may end a job that has nothing wrong with it, if it comes so many times.
OUR_FAULTS = ("worker-lost", "insufficient-storage", "output-not-writable")


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a job was to do."""

    wish: Wish
    #: What real jobs make; ``None`` where there are none.
    reference: Reference | None

    @property
    def nature(self) -> Nature:
        """How the job behaves."""
        is_scripted = self.wish.kind == "scripted"
        return chain.nature(self.wish.seed) if is_scripted else Nature.WORKS

    def repaired(self, job_id: str) -> bytes:
        """The model that it has to make."""
        if self.wish.kind == "real":
            assert self.reference is not None
            return self.reference.repaired
        (link,) = deque(chain.links(job_id, self.wish.seed), maxlen=1)
        return chain.result(link, self.wish.seed)


def check_end(history: History, expected: Expectation) -> Iterator[Finding]:
    """Whether a job may have the end that it has."""
    job, nature = history.job, expected.nature
    if job.state == "canceled" and expected.wish.cancel is None:
        yield Finding(kind="wrong", what=f"{history.name} was canceled by nobody")
    if job.state == "succeeded" and nature in (Nature.DIES, Nature.FAILS):
        yield Finding(kind="wrong", what=f"{history.name} succeeded, and could not")
    if job.state == "failed" and not _may_fail(history, nature):
        yield Finding(kind="wrong", what=f"{history.name} failed: {job.error}")


def check_result(
    session: Session, storage: Storage, history: History, expected: Expectation
) -> Iterator[Finding]:
    """Whether what a job that succeeded left is what it had to be, byte for byte."""
    if history.job.state != "succeeded":
        return
    for file in history.files:
        yield from _check_file(storage, history, file)
    if expected.wish.kind == "upload":
        yield from _check_images(session, storage, history, expected.wish)
    else:
        yield from _check_repair(storage, history, expected)


def _may_fail(history: History, nature: Nature) -> bool:
    code = (history.job.error or {}).get("code")
    if nature is Nature.FAILS and code == "training-diverged":
        return True
    n_losses = sum(history.count(reason) for reason in OUR_FAULTS)
    return code in OUR_FAULTS and n_losses == history.job.losses == MAX_LOSSES


def _check_file(storage: Storage, history: History, file: Artifact) -> Iterator[Finding]:
    content = _content(storage, file.sha256)
    if hashlib.sha256(content).hexdigest() != file.sha256 or len(content) != file.n_bytes:
        yield Finding(kind="wrong", what=f"{history.name}: {file.name} is damaged")
    if file in history.results and file.attempt != history.job.attempt:
        yield Finding(kind="wrong", what=f"{history.name}: {file.name} is of another attempt")


def _check_repair(storage: Storage, history: History, expected: Expectation) -> Iterator[Finding]:
    job, kept = history.job, {file.name: file.sha256 for file in history.files}
    if "repaired.h5" not in kept:
        yield Finding(kind="lost", what=f"{history.name}: there is no result")
    elif _content(storage, kept["repaired.h5"]) != expected.repaired(job.id):
        yield Finding(kind="wrong", what=f"{history.name}: another result than it had to be")
    if (job.reports or {}).get("", {}).get("seed") != job.request["seed"]:
        yield Finding(kind="wrong", what=f"{history.name}: the report of another job")


def _check_images(
    session: Session, storage: Storage, history: History, wish: Wish
) -> Iterator[Finding]:
    dataset = session.get_one(Dataset, history.job.request["id"])
    if dataset.state != "ready" or dataset.canonical_sha256 is None:
        yield Finding(kind="lost", what=f"{history.name}: its data set is {dataset.state}")
        return
    packed = io.BytesIO(_content(storage, dataset.canonical_sha256))
    with tarfile.open(fileobj=packed) as archive:
        kept = [_array(archive, name) for name in ("images.npy", "labels.npy")]
    if not all(map(np.array_equal, kept, inputs.images(wish.seed))):
        yield Finding(kind="wrong", what=f"{history.name}: other images than were sent")


def _content(storage: Storage, sha256: str) -> bytes:
    with storage.open(sha256) as stream:
        return stream.read()


def _array(archive: tarfile.TarFile, name: str) -> np.ndarray:
    member = archive.extractfile(name)
    assert member is not None
    return np.load(io.BytesIO(member.read()), allow_pickle=False)
