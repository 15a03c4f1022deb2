"""``python -m web.probe`` ends with 0 while the web server of this machine is ready, else 1."""

import http.client
import sys

from service.settings import Settings

_TIMEOUT_S = 5.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104, RUF100 - where it listens, not we


def main() -> int:
    """What a health check runs; the exit code."""
    return 0 if is_ready(Settings()) else 1


def is_ready(settings: Settings) -> bool:
    """Whether the server answers, and finds database, broker and storage."""
    host = _ANYWHERE.get(settings.web_host, settings.web_host)
    connection = http.client.HTTPConnection(host, settings.web_port, timeout=_TIMEOUT_S)
    try:
        # In the name that the server is called by: to others it does not answer.
        connection.request("GET", "/readyz", headers={"Host": _name(settings)})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _name(settings: Settings) -> str:
    names = [name.lstrip(".") for name in settings.trusted_hosts if name != "*"]
    return names[0] if names else "localhost"


if __name__ == "__main__":
    sys.exit(main())
