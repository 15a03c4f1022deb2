"""`netmend web`: the web server alone."""

from typing import NoReturn

from service.settings import Settings

from .. import processes
from . import executing, installation


def web() -> NoReturn:
    """Run the web server, for those who run each part by hand.

    Settings are read from the environment, see docs/settings.md. Where others can reach it, it
    does not start before there is an admin.

    \b
    netmend web
    NETMEND_WEB_PORT=8000 netmend web
    """  # noqa: D301 - \b keeps the lines of the examples apart
    # Imported here because the other commands know no database.
    from service import exposure

    settings = Settings()
    if not exposure.is_loopback(settings.web_host):
        with installation.opened(settings) as engine:
            exposure.check(settings, engine)
    executing.become(processes.web(settings), settings)
