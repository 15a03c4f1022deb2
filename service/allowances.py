"""The settings that say how users reach the service, and how much each of them may have."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

#: So many in a time, as the library `limits` writes it; empty for as many as come.
Rate = Annotated[str, Field(pattern=r"^([1-9][0-9]{0,8}/(second|minute|hour|day))?$")]


class Allowances(BaseSettings):
    """Part of `settings.Settings`."""

    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#\s]+$",
        description="How browsers reach the service, such as `https://netmend.example`; its host is"
        " trusted, and links for new users begin with it.",
    )
    session_days: float = Field(
        default=14.0, gt=0, le=3650, description="Who signed in has to do it again after so long."
    )

    max_user_bytes: int = Field(
        default=200 * 2**30, ge=0, description="Bytes that a user may keep; not asked of admins."
    )
    max_user_files: int = Field(
        default=10_000, ge=0, description="Uploaded files that a user may keep; likewise."
    )
    max_user_open_jobs: int = Field(
        default=1000, ge=0, description="Jobs of a user that may wait and run; likewise."
    )
    max_user_gpu_minutes: float | None = Field(
        default=None,
        ge=0,
        description="Time of GPUs that the jobs of a user may take in 30 days; likewise.",
    )

    login_rate: Rate = Field(
        default="10/minute",
        description="Wrong tokens and invitations that one address may try, such as `10/minute`; "
        "empty for any number.",
    )
    upload_rate: Rate = Field(
        default="1200/minute", description="Files that a user may announce or send; likewise."
    )
    job_rate: Rate = Field(
        default="1200/minute", description="Jobs and batches that a user may submit; likewise."
    )
