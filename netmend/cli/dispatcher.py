"""`netmend dispatcher`: the dispatcher alone."""

from typing import NoReturn

from service.settings import Settings

from .. import processes
from . import executing


def dispatcher() -> NoReturn:
    """Run the dispatcher, for those who run each part by hand. One is enough.

    Settings are read from the environment, see docs/settings.md.

    \b
    netmend dispatcher
    """  # noqa: D301 - \b keeps the lines of the examples apart
    executing.become(processes.dispatcher(), Settings())
