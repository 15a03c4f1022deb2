"""`netmend web`: the web server alone."""

from typing import NoReturn

from service.settings import Settings

from .. import processes
from . import executing


def web() -> NoReturn:
    """Run the web server, for those who run each part by hand.

    Settings are read from the environment, see docs/settings.md.

    \b
    netmend web
    NETMEND_WEB_PORT=8000 netmend web
    """  # noqa: D301 - \b keeps the lines of the examples apart
    settings = Settings()
    executing.become(processes.web(settings), settings)
