"""What a backup says of itself: ``manifest.json``, and ``files.txt`` with a line a file."""

import dataclasses
import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .. import errors
from ..storage import Stored

FILES = "files.txt"
#: Laid out as storage is: the folder can take the place of one.
FILES_FOLDER = "files"
_MANIFEST = "manifest.json"
_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Database:
    """The database of a backup."""

    kind: Literal["sqlite", "postgresql"]
    #: Name in the folder; ``None`` when the database is to be dumped by `command`.
    file: str | None
    #: Of the file.
    sha256: str | None
    #: Version of the tables.
    schema: str
    #: Makes the file, for those who do it by hand; without a password.
    command: str | None = None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """All that a backup says of itself."""

    made_at: datetime.datetime
    database: Database
    n_files: int
    n_bytes: int
    #: Of `FILES`.
    list_sha256: str
    #: Whether the files are in the backup, or only named.
    has_files: bool
    #: Files that rows name and that storage does not have whole: lost before the backup was made.
    lost: tuple[str, ...] = ()


def write(folder: Path, manifest: Manifest) -> None:
    """Write it down; last, for it says that the rest is complete."""
    told = {"format": _FORMAT, **dataclasses.asdict(manifest)}
    told["made_at"] = manifest.made_at.isoformat()
    (folder / _MANIFEST).write_text(json.dumps(told, indent=2) + "\n")


def read(folder: Path) -> Manifest:
    """What `write` wrote.

    Raises:
        NotFound: There is no backup.
        ChecksumMismatch: There is one that cannot be read, or is of another version of netmend.
    """
    path = folder / _MANIFEST
    if not path.is_file():
        raise errors.NotFound(f"{folder} is not a backup: it has no {_MANIFEST}", place=str(folder))
    try:
        return _parsed(json.loads(path.read_text()))
    except (ValueError, KeyError, TypeError) as error:
        raise errors.ChecksumMismatch(f"{path} is damaged", place=str(path)) from error


def place_of(sha256: str) -> Path:
    """Where a file lies below `FILES_FOLDER`."""
    return Path(sha256[:2], sha256[2:4], sha256)


def write_list(folder: Path, files: Iterable[Stored]) -> None:
    """Write down which files there are."""
    with (folder / FILES).open("w") as target:
        target.writelines(f"{file.sha256} {file.n_bytes}\n" for file in files)


def read_list(folder: Path) -> Iterator[Stored]:
    """What `write_list` wrote."""
    with (folder / FILES).open() as source:
        for line in source:
            sha256, n_bytes = line.split()
            yield Stored(sha256=sha256, n_bytes=int(n_bytes))


def _parsed(told: dict[str, Any]) -> Manifest:
    if told.pop("format") != _FORMAT:
        raise ValueError("another format")
    return Manifest(
        **{
            **told,
            "made_at": datetime.datetime.fromisoformat(told["made_at"]),
            "database": Database(**told["database"]),
            "lost": tuple(told["lost"]),
        }
    )
