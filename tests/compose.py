"""docker-compose.yml as Compose reads it: values filled in, one profile at a time."""

import functools
import re
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
FILE = REPOSITORY / "docker-compose.yml"
EXAMPLE = REPOSITORY / ".env.example"
PROFILES = ("cpu", "gpu", "s3")
#: What a user has to fill in.
SECRETS = {"POSTGRES_PASSWORD": "pg0secret", "BROKER_PASSWORD": "vk0secret"}

_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\})")


def variables() -> set[str]:
    """Every variable that the file takes from .env."""
    return {found["name"] for found in _VARIABLE.finditer(FILE.read_text()) if found["name"]}


def example() -> dict[str, str]:
    """What .env.example says."""
    lines = EXAMPLE.read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def document(profile: str, **env: str) -> dict[str, Any]:
    """The file with the services of a profile, and those that run in every one."""
    values = {**example(), **SECRETS, **env}
    read = yaml.safe_load(FILE.read_text())
    kept = {name: part for name, part in read.items() if not name.startswith("x-")}
    kept["services"] = {
        name: service
        for name, service in kept["services"].items()
        if profile in service.get("profiles", [profile])
    }
    return _filled(kept, values)


@functools.cache
def services() -> dict[str, Any]:
    """Every service of every profile, by name."""
    return {
        name: service
        for profile in PROFILES
        for name, service in document(profile)["services"].items()
    }


def ours() -> dict[str, Any]:
    """The services that run our own image."""
    return {name: it for name, it in services().items() if it["image"].startswith("netmend")}


def fill(text: str, values: dict[str, str]) -> str:
    """The text with its variables replaced.

    Raises:
        LookupError: One that has to be there is not.
    """

    def value(found: re.Match[str]) -> str:
        if found["name"] is None:
            return "$"
        given = values.get(found["name"], "")
        if given or found["kind"] is None:
            return given
        if found["kind"] == "?":
            raise LookupError(f"{found['name']}: {found['rest']}")
        return found["rest"]

    return _VARIABLE.sub(value, text)


def seconds(duration: str) -> float:
    """``60s`` as a number."""
    return float(duration.removesuffix("s"))


def _filled(part: Any, values: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(item, values) for name, item in part.items()}
    if isinstance(part, list):
        return [_filled(item, values) for item in part]
    return fill(part, values) if isinstance(part, str) else part
