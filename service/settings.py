"""Every setting, read once from the environment; docs/settings.md is made from it."""

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic
from pydantic import Field
from pydantic_settings import NoDecode, SettingsConfigDict

from . import errors
from .allowances import Allowances

PREFIX = "NETMEND_"
#: How alike a misspelled name and the right one are, at least.
_NEAR = 0.85
#: A bucket as S3 names them, and perhaps a prefix; or a path.
_STORAGE_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?|(file://|(?!.*://)).+")


class Settings(Allowances):
    """What can be set; each field is the variable ``NETMEND_`` and its name in capitals.

    Raises:
        InvalidSettings: A variable is malformed or out of range; all of them are named at once.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    state_folder: Path = Field(
        default=Path("~/.local/state/netmend"),
        description="Folder for everything that is kept, unless a setting below says otherwise.",
    )
    database_url: str = Field(
        default_factory=lambda given: f"sqlite:///{_folder(given)}/netmend.sqlite",
        description="SQLAlchemy URL: `sqlite:///…` on a local disk, or `postgresql://…`.",
    )
    broker_url: str = Field(
        default="redis://127.0.0.1:6379/0",
        description="Where Celery finds its broker: Valkey, Redis or RabbitMQ.",
    )
    storage_url: str = Field(
        default_factory=lambda given: f"{_folder(given)}/storage",
        description="Where files are kept: a folder, or `s3://bucket/prefix`.",
    )
    s3_endpoint_url: str | None = Field(
        default=None,
        pattern="^https?://",
        description="Where the S3-compatible service listens; that of AWS if not set. The keys are "
        "read from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, as usual.",
    )
    s3_region: str | None = Field(
        default=None, description="Its region; what AWS's own settings say if not set."
    )
    storage_cache_bytes: int = Field(
        default=20 * 2**30,
        ge=0,
        description="How much is copied from a bucket to this machine, below the state folder.",
    )

    lease_s: float = Field(
        default=60.0, gt=0, description="How long a worker owns a job after its last heartbeat."
    )
    heartbeat_s: float = Field(
        default=5.0, gt=0, description="How often a worker says that it is alive."
    )
    max_worker_losses: int = Field(
        default=3,
        ge=1,
        description="A job fails when so many attempts at it were lost: their worker or child died,"
        " or the disk of its machine was full.",
    )
    resend_after_s: float = Field(
        default=30.0, gt=0, description="When a waiting job is announced to the workers again."
    )
    send_window: int = Field(
        default=16, ge=1, description="How many waiting jobs of a queue are announced at a time."
    )

    job_time_limit_s: float = Field(
        default=6 * 3600.0, gt=0, description="Longest time that a repair may take."
    )
    intake_time_limit_s: float = Field(
        default=600.0, gt=0, description="Longest time that checking an upload may take."
    )
    predict_time_limit_s: float = Field(
        default=60.0, gt=0, description="Longest time that trying a model on pictures may take."
    )
    no_progress_limit_s: float = Field(
        default=1800.0, gt=0, description="A job that reports nothing for so long is ended."
    )
    max_job_memory_bytes: int = Field(
        default=32 * 2**30, gt=0, description="Memory that the process of a job may take."
    )
    require_sandbox: bool = Field(
        default=False,
        description="Whether workers, intake and jobs refuse to run where the kernel has no "
        "Landlock or no seccomp to lock them up with. Else they warn.",
    )
    cancel_grace_s: float = Field(
        default=5.0, ge=0, description="Time between asking a process to end and killing it."
    )

    max_batch_jobs: int = Field(
        default=500, ge=1, description="Largest number of jobs that a batch may have."
    )
    max_upload_bytes: int = Field(
        default=8 * 2**30, gt=0, description="Largest file that may be uploaded."
    )
    min_free_bytes: int = Field(
        default=2**30, ge=0, description="Room on the disk that uploads have to leave free."
    )

    keep_uploads_days: float = Field(
        default=7.0,
        ge=1,
        description="Uploads that nobody finishes, or makes anything of, go after so many days.",
    )
    keep_trash_days: float = Field(
        default=30.0, ge=0, description="Jobs in the trash go after so many days."
    )

    retry_command: str = Field(
        default="netmend retry {job}",
        description="What a report says does the same again; `{job}` stands for the id of the job.",
    )

    web_host: str = Field(default="127.0.0.1", description="Address that the web server binds.")
    web_port: int = Field(default=8400, ge=0, le=65535, description="Port of the web server.")
    web_threads: int = Field(default=16, ge=2, description="Requests that are answered at a time.")
    max_streams: int = Field(
        default=6, ge=0, description="How many of those threads live event streams may hold."
    )
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("127.0.0.1", "localhost", "[::1]"),
        description="Host names that requests may be for, with commas between; `*` for any.",
    )

    webhook_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Host names that webhooks may go to, with commas between; `*` for any that is"
        " public. None: no webhooks.",
    )
    webhook_private: bool = Field(
        default=False,
        description="Whether webhooks may go to private addresses, and over plain HTTP.",
    )

    session_key: pydantic.SecretStr | None = Field(
        default=None,
        min_length=32,
        description="What cookies of browsers are signed with; the same for all web servers. "
        "Made and kept in the state folder if not set.",
    )
    is_https: bool = Field(
        default=False, description="Whether browsers reach the pages over HTTPS only."
    )

    oidc_issuer: str | None = Field(
        default=None,
        description="Address of an OpenID provider where people can sign in, as it calls itself.",
    )
    oidc_client_id: str | None = Field(
        default=None, description="What the provider calls this service."
    )
    oidc_client_secret: pydantic.SecretStr | None = Field(
        default=None, description="The secret that this service shares with the provider."
    )
    oidc_role: Literal["viewer", "submitter"] | None = Field(
        default=None,
        description="Role of people whom the provider vouches for and who come for the first time."
        " None: nobody new is let in.",
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is logged."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Log lines for people, or for programs."
    )

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except pydantic.ValidationError as error:
            raise _invalid(error) from error

    @pydantic.field_validator("state_folder")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @pydantic.field_validator(
        "s3_endpoint_url", "s3_region", "public_url", "oidc_issuer", "oidc_role", mode="before"
    )
    @classmethod
    def _empty_is_not_set(cls, given: object) -> object:
        return given or None  # as files of variables have it

    @pydantic.field_validator("storage_url")
    @classmethod
    def _folder_or_bucket(cls, url: str) -> str:
        if not _STORAGE_URL.fullmatch(url):
            raise ValueError(f"{url!r} is neither a folder nor s3://bucket/prefix")
        return url

    @pydantic.field_validator("trusted_hosts", "webhook_hosts", mode="before")
    @classmethod
    def _split(cls, hosts: object) -> object:
        return tuple(hosts.replace(",", " ").split()) if isinstance(hosts, str) else hosts

    @pydantic.model_validator(mode="after")
    def _beats_within_the_lease(self) -> "Settings":
        if self.heartbeat_s * 2 > self.lease_s:
            raise ValueError(
                f"{PREFIX}LEASE_S must be at least twice {PREFIX}HEARTBEAT_S, "
                f"not {self.lease_s:g} and {self.heartbeat_s:g}"
            )
        return self

    @property
    def address(self) -> str:
        """How browsers reach the service, as far as we know."""
        return self.public_url or f"http://{self.web_host}:{self.web_port}"

    @property
    def upload_folder(self) -> Path:
        """Where uploads lie until they are complete."""
        return self.state_folder / "uploads"

    @property
    def job_folder(self) -> Path:
        """Where jobs work; nothing in it outlives its job."""
        return self.state_folder / "jobs"


def markdown() -> str:
    """docs/settings.md: one row a setting."""
    rows = [f"| `{row.name}` | `{row.default}` | {row.text} |" for row in _rows()]
    intro = (
        "# Settings\n\nRead from the environment, once, when a process starts. "
        "A variable that does not fit ends the process with `invalid-settings`, naming it. "
        "Made from `service/settings.py`.\n"
    )
    return "\n".join([intro, "| variable | default | what it is |", "|---|---|---|", *rows, ""])


def misspelled() -> dict[str, str]:
    """Variables of the environment that nobody reads, to the setting that was probably meant."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    unread = [name for name in os.environ if name.startswith(PREFIX) and name not in known]
    near = {name: difflib.get_close_matches(name, known, n=1, cutoff=_NEAR) for name in unread}
    return {name: meant[0] for name, meant in near.items() if meant}


class _Row(pydantic.BaseModel):
    name: str
    default: str
    text: str


def _rows() -> Iterator[_Row]:
    for name, field in Settings.model_fields.items():
        text = field.description or ""
        yield _Row(name=PREFIX + name.upper(), default=_default(name, field.default), text=text)


_DERIVED = {
    "database_url": "sqlite:///$NETMEND_STATE_FOLDER/netmend.sqlite",
    "storage_url": "$NETMEND_STATE_FOLDER/storage",
}


def _default(name: str, value: object) -> str:
    if value is None:
        return "(not set)"
    return _DERIVED.get(name) or (",".join(value) if isinstance(value, tuple) else f"{value}")


def _folder(given: dict[str, Any]) -> Path:
    """The state folder; where it was malformed, something that is never used."""
    return Path(given.get("state_folder", "."))


def _invalid(error: pydantic.ValidationError) -> errors.InvalidSettings:
    problems = {_variable(item["loc"]): item["msg"] for item in error.errors()}
    told = "; ".join(f"{name}: {message}" for name, message in problems.items())
    return errors.InvalidSettings(told, variables=sorted(problems))


def _variable(place: tuple[int | str, ...]) -> str:
    return f"{PREFIX}{str(place[0]).upper()}" if place else PREFIX
