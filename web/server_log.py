"""What gunicorn says of itself goes where the application's own log goes."""

from gunicorn import glogging
from gunicorn.config import Config

from service import logs
from service.settings import Settings


class ServerLog(glogging.Logger):  # type: ignore[misc]
    """Sets up the log of the whole process, which gunicorn does before it loads the application."""

    def setup(self, cfg: Config) -> None:
        """Hand gunicorn's messages on; requests are logged by the application, not here."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        logs.configure(Settings(), process="web")
