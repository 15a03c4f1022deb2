"""Commands that become another program, so that signals reach it and not us."""

import os
import signal
from collections.abc import Sequence
from typing import NoReturn

from service.settings import Settings


def become(command: Sequence[str], settings: Settings) -> NoReturn:
    """Be that program from now on, in the state folder."""
    settings.state_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.chdir(settings.state_folder)
    environment = {**os.environ, "NETMEND_STATE_FOLDER": str(settings.state_folder)}
    os.execve(command[0], list(command), environment)  # noqa: S606, RUF100 - our own interpreter
