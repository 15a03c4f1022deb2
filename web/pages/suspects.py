"""What a diagnosis says, as pages show it: core's words and tables, and pictures of triggers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.results import Diagnosis, Suspect

#: So many of the classes are told in full where none, or few, are suspected.
_FIRST = 3
_MOST = 12


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of a trigger that was found by search."""

    #: Name of the file that shows it.
    file: str
    #: What it shows, and how well it works.
    words: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """One class, with what speaks against it."""

    suspect: Suspect
    pictures: Sequence[Picture]


@dataclass(frozen=True, kw_only=True)
class Diagnosed:
    """A diagnosis, ready to be shown."""

    job_id: str
    diagnosis: Diagnosis
    #: The finding in one line.
    headline: str
    #: How many classes were looked at, and how many are suspected.
    sentence: str
    #: How the pictures are to be read, and what none of it shows.
    how_to_read: str
    caveat: str
    #: The most suspicious classes.
    first: Sequence[Told]
    #: A `core.report.tables.Table` of all that were searched.
    table: Any
    #: Another of what it was made from; ``None`` where a report around it says so.
    circumstances: Any

    @property
    def has_pictures(self) -> bool:
        """Whether there is a trigger to be seen."""
        return any(item.pictures for item in self.first)


def shown(
    diagnosis: Diagnosis, *, job_id: str, files: Collection[str], folder: str = ""
) -> Diagnosed:
    """A diagnosis as pages show it.

    Args:
        diagnosis: What was found.
        job_id: Whose files the pictures are.
        files: Names of the files of that job.
        folder: Where among them the diagnosis lies; empty at the top.
    """
    # Imported here because it brings matplotlib along, which few pages need.
    from core.report import evidence, triggers

    n_told = min(max(len(diagnosis.targets), _FIRST), _MOST)
    return Diagnosed(
        job_id=job_id,
        diagnosis=diagnosis,
        headline=triggers.headline(diagnosis),
        how_to_read=triggers.HOW_TO_READ,
        caveat=triggers.CAVEAT,
        sentence=evidence.what_was_diagnosed(diagnosis),
        first=[
            Told(suspect=suspect, pictures=list(_pictures(suspect, files, folder)))
            for suspect in diagnosis.suspects[:n_told]
        ],
        table=evidence.of_diagnosis(diagnosis),
        circumstances=triggers.of_circumstances(diagnosis),
    )


def headline(found: Mapping[str, Any]) -> str:
    """The finding of a diagnosis, as JSON data, in one line."""
    from core.report import triggers

    return triggers.headline(Diagnosis.from_json(found))


def _pictures(suspect: Suspect, files: Collection[str], folder: str) -> Iterator[Picture]:
    from core.report.triggers import caption

    for trigger in (suspect.patch, suspect.additive):
        if trigger is None or trigger.picture is None:
            continue
        file = f"{folder}/{trigger.picture}" if folder else trigger.picture
        if file in files:
            yield Picture(file=file, words=caption(trigger))
