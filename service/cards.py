"""Repair cards and bundles: what a job came to, with all that it takes to check it."""

import hashlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from . import artifacts, errors, jobs, reports
from .archives import Entry
from .reports import ChosenReport
from .schemas import CardFile, CardInput, CardView, Reproduction
from .storage import Storage
from .tables import Artifact, Dataset, Job, JobInput, Model

MANIFEST = "manifest.json"


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a card is made of: one report of a job, and where its files are."""

    view: CardView
    #: Name to SHA-256 of the files of the job.
    hashes: dict[str, str]
    #: Names of the report as core wrote it, for people.
    html_name: str
    markdown_name: str


def gather(session: Session, job_id: str, *, budget: float | None = None) -> Card:
    """What the card of a job says; of the best of its reports, if no budget is named.

    Raises:
        NotFound: There is no such job, or it has no such report.
        JobNotFinished: It has not ended.
        Conflict: It is no repair.
    """
    job = jobs.get(session, job_id)
    chosen = reports.choose(job, budget=budget)
    made = artifacts.list_artifacts(session, job.id)
    return Card(
        view=_view(session, job, chosen, made),
        hashes={item.name: item.sha256 for item in made},
        html_name=chosen.path("report.html"),
        markdown_name=chosen.path("report.md"),
    )


def as_json(card: Card) -> bytes:
    """The card for programs."""
    return f"{card.view.model_dump_json(indent=2)}\n".encode()


def as_markdown(card: Card, storage: Storage) -> bytes:
    """The report as core wrote it, and behind it the hashes.

    Raises:
        NotFound: The job has no report in Markdown.
    """
    rows = [f"| {_cell(what)} | {_cell(name)} | `{sha256}` |" for what, name, sha256 in _rows(card)]
    table = "\n".join(["| what | name | SHA-256 |", "|---|---|---|", *rows])
    identity = f"## Identity\n\nJob `{card.view.job_id}`.\n\n{table}\n"
    return _stored(card, storage, card.markdown_name) + b"\n" + identity.encode()


def as_html(card: Card, storage: Storage) -> bytes:
    """The report as core wrote it, and in it, at the end, the hashes.

    Raises:
        NotFound: The job has no report in HTML.
    """
    rows = "".join(
        f"<tr><td>{html.escape(what)}</td><td>{html.escape(name)}</td>"
        f"<td><code>{sha256}</code></td></tr>\n"
        for what, name, sha256 in _rows(card)
    )
    identity = (
        f"<section><h2>Identity</h2><p>Job <code>{card.view.job_id}</code>.</p>\n"
        "<table><thead><tr><th>What</th><th>Name</th><th>SHA-256</th></tr></thead>\n"
        f"<tbody>\n{rows}</tbody></table></section>\n"
    )
    before, end, after = _stored(card, storage, card.html_name).rpartition(b"</main>")
    return before + identity.encode() + end + after


def bundle(card: Card, storage: Storage) -> list[Entry]:
    """All files of the job, its card and a manifest of their hashes, by name."""
    cards = {"card.json": as_json(card)}
    if card.html_name in card.hashes:
        cards["card.html"] = as_html(card, storage)
    if card.markdown_name in card.hashes:
        cards["card.md"] = as_markdown(card, storage)
    made = [Entry.of_bytes(name, content) for name, content in cards.items()]
    files = [
        Entry(name=item.name, n_bytes=item.n_bytes, sha256=item.sha256, storage=storage)
        for item in card.view.artifacts
    ]
    entries = sorted([*made, *files], key=lambda entry: entry.name)
    return [Entry.of_bytes(MANIFEST, _manifest(card, entries)), *entries]


def fingerprint(entries: list[Entry]) -> str:
    """One hash of all that a bundle holds; the same for the same bytes."""
    lines = (f"{entry.name}\0{entry.sha256}\n" for entry in entries)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _view(session: Session, job: Job, chosen: ChosenReport, made: list[Artifact]) -> CardView:
    report = chosen.report
    return CardView(
        job_id=job.id,
        name=job.name,
        tags=job.tags,
        verdict=report["verdict"],
        created_at=job.created_at,
        finished_at=job.finished_at,
        folder=chosen.folder,
        inputs=[_input(session, item) for item in jobs.inputs_of(session, job.id)],
        artifacts=[CardFile.model_validate(item) for item in made],
        reproduce=Reproduction(
            command=report["command"],
            seed=report["seed"],
            versions=report["versions"],
            inputs=dict(_given(report["inputs"])),
        ),
        report=report,
    )


def _input(session: Session, item: JobInput) -> CardInput:
    row: Model | Dataset
    if item.model_id is not None:
        row = session.get_one(Model, item.model_id)
    else:
        row = session.get_one(Dataset, item.dataset_id)
    return CardInput(
        role=f"{item.role} {item.position + 1}" if item.position else item.role,
        id=row.id,
        name=row.name,
        file_name=row.file_name,
        sha256=row.sha256,
        n_bytes=row.n_bytes,
    )


def _given(inputs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Role and hash of each file that a report names."""
    for role, found in inputs.items():
        several = found if isinstance(found, list) else [found]
        for position, file in enumerate(several):
            if file is not None:
                yield f"{role} {position + 1}" if position else role, file["sha256"]


def _rows(card: Card) -> Iterator[tuple[str, str, str]]:
    """What, its name, its hash: inputs first, then what the job made."""
    for item in card.view.inputs:
        yield item.role, item.file_name, item.sha256
    for file in card.view.artifacts:
        yield "file", file.name, file.sha256


def _manifest(card: Card, entries: list[Entry]) -> bytes:
    told = {
        "schema_version": 1,
        "job_id": card.view.job_id,
        "inputs": [item.model_dump(mode="json") for item in card.view.inputs],
        "reproduce": card.view.reproduce.model_dump(mode="json"),
        "files": [
            {"name": entry.name, "sha256": entry.sha256, "n_bytes": entry.n_bytes}
            for entry in entries
        ],
    }
    return f"{json.dumps(told, indent=2)}\n".encode()


def _stored(card: Card, storage: Storage, name: str) -> bytes:
    if name not in card.hashes:
        raise errors.NotFound(f"job {card.view.job_id} has no file {name!r}", name=name)
    with storage.open(card.hashes[name]) as stream:
        return stream.read()


def _cell(text: str) -> str:
    """The text as itself in a table of Markdown; nothing in it is a link, an emphasis or a cell."""
    return _SPECIAL.sub(r"\\\g<0>", "".join(c if c.isprintable() else " " for c in text))


_SPECIAL = re.compile(r"[\\`*_<>\[\]|~#&]")
