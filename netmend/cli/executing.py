"""Commands that become another program, so that signals reach it and not us."""

import os
import signal
import types
from collections.abc import Mapping, Sequence
from typing import NoReturn

from service.settings import Settings

_NONE: Mapping[str, str] = types.MappingProxyType({})


def become(
    command: Sequence[str], settings: Settings, variables: Mapping[str, str] = _NONE
) -> NoReturn:
    """Be that program from now on, in the state folder.

    Args:
        command: The program and its arguments.
        settings: Name the folder.
        variables: What is added to the environment.
    """
    settings.state_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.chdir(settings.state_folder)
    folder = {"NETMEND_STATE_FOLDER": str(settings.state_folder)}
    environment = {**os.environ, **folder, **variables}
    os.execve(command[0], list(command), environment)  # noqa: S606, RUF100 - our own interpreter
