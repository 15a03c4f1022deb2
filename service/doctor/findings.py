"""What a look at one part of an installation comes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from core.errors import ProjectError

from .. import errors

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How one part is."""

    #: For people: ``database``, ``storage``, …
    part: str
    state: State
    told: str
    #: What to do about it, in one line; ``None`` where there is nothing to do.
    mend: str | None = None


#: Looks at a part, and raises an error if it is in no state to work.
Look = Callable[[], Finding]

#: What to do about errors that say what is wrong, but not what to do.
_MENDS: Mapping[type[ProjectError], str] = {
    errors.InvalidSettings: "set it as docs/settings.md says",
    errors.DatabaseUnavailable: "start the database; NETMEND_DATABASE_URL says where it should be",
    errors.QueueUnavailable: "start the broker, or 'netmend up'; NETMEND_BROKER_URL says where it "
    "should be",
    errors.StorageUnavailable: "NETMEND_STORAGE_URL and NETMEND_S3_ENDPOINT_URL say where files "
    "should be kept",
    errors.InsufficientStorage: "make room on the disk; 'netmend gc' may free some",
    errors.DamagedFile: "look at the disk: it gives back something else than was written",
}


def ok(part: str, told: str) -> Finding:
    """It works."""
    return Finding(part=part, state="ok", told=told)


def warning(part: str, told: str, *, mend: str) -> Finding:
    """It works, but not as it should."""
    return Finding(part=part, state="warning", told=told, mend=mend)


def failed(part: str, told: str, *, mend: str) -> Finding:
    """It does not work."""
    return Finding(part=part, state="failed", told=told, mend=mend)


def of(part: str, look: Look) -> Finding:
    """What a look comes to, also if it ends with an error."""
    try:
        return look()
    except ProjectError as error:
        return broken(part, error)


def broken(part: str, error: ProjectError) -> Finding:
    """What an error says of a part."""
    known = next((mend for kind, mend in _MENDS.items() if isinstance(error, kind)), None)
    mend = str(error.details.get("hint") or known or f"see {error.code} in docs/errors.md")
    return failed(part, str(error), mend=mend)
