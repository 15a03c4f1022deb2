"""`netmend doctor`: looks at all parts of an installation."""

import dataclasses
import types
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.text import Text

from service.errors import InvalidSettings
from service.settings import Settings

from ..embedded import broker
from . import options, terminal

if TYPE_CHECKING:
    from service.doctor import Finding, State

_WARNED, _FAILED = 1, 3
_STYLES: Mapping["State", str] = types.MappingProxyType(
    {"ok": "green", "warning": "yellow", "failed": "bold red"}
)


def doctor(*, as_json: options.AsJson = False) -> int:
    """Look at settings, database, broker, storage, disk, sandbox, GPU and workers.

    Exit code 0: all is well; 1: something could be better; 3: something does not work.

    \b
    netmend doctor
    """  # noqa: D301 - \b keeps the lines of the examples apart
    found = _examined()
    if as_json:
        terminal.print_json([dataclasses.asdict(finding) for finding in found])
    else:
        _print(found)
    states = {finding.state for finding in found}
    if "failed" in states:
        return _FAILED
    return _WARNED if "warning" in states else 0


def _examined() -> list["Finding"]:
    # Imported here because the other commands know no database.
    from service import doctor as looks

    try:
        settings = Settings()
    except InvalidSettings as error:
        return [looks.of_settings(error)]
    return list(looks.examine(_with_our_broker(settings)))


def _with_our_broker(settings: Settings) -> Settings:
    """The settings, but for the broker that `netmend up` has started in the state folder."""
    path = settings.state_folder / broker.SOCKET
    if "broker_url" in settings.model_fields_set or not path.exists():
        return settings
    return settings.model_copy(update={"broker_url": broker.url(path)})


def _print(found: list["Finding"]) -> None:
    rows = [
        (Text(finding.state, style=_STYLES[finding.state]), finding.part, finding.told)
        for finding in found
    ]
    terminal.print_table(("", "Part", "Found"), rows)
    for finding in found:
        if finding.mend is not None:
            terminal.say(f"{finding.part}: {finding.mend}", style=_STYLES[finding.state])
