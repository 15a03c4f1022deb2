"""What a round of garbage collection goes by, and what it tells."""

from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa

from ..settings import Settings
from ..storage import Storage

DAY_S = 86_400.0


@dataclass(frozen=True, kw_only=True)
class Ages:
    """How old things are, in seconds, before they count as left behind."""

    #: Files in storage that no row names: time enough to write the row of one that was just stored.
    files_s: float = DAY_S
    #: Uploads that nobody sends bytes to, or makes anything of.
    uploads_s: float
    #: Jobs in the trash.
    trash_s: float
    #: Answers to requests that may come again.
    answers_s: float = DAY_S
    #: Workers that have not been heard of.
    workers_s: float = DAY_S
    #: Messages of webhooks that arrived, or were given up.
    messages_s: float = 30 * DAY_S

    @classmethod
    def of(cls, settings: Settings, *, grace_s: float) -> Self:
        """Those of the settings, and the one for files."""
        return cls(
            files_s=grace_s,
            uploads_s=settings.keep_uploads_days * DAY_S,
            trash_s=settings.keep_trash_days * DAY_S,
        )


@dataclass(frozen=True, kw_only=True)
class Round:
    """One round, and where it goes."""

    engine: sa.Engine
    storage: Storage
    settings: Settings
    ages: Ages
    #: Nothing is removed, only counted.
    dry_run: bool


@dataclass(frozen=True, kw_only=True)
class Freed:
    """What was removed of one kind, or would be."""

    #: For people, in the plural.
    what: str
    n: int
    n_bytes: int = 0
