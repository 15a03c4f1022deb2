"""A sign of life: a file that a process touches while it is well, and whose age others look at.

``python -m service.pulse worker`` ends with 0 while the worker of this machine is well, else 1.
"""

import contextlib
import socket
import sys
import time
from pathlib import Path

from .settings import Settings

#: A worker gives a sign every ten seconds, a dispatcher more often.
_OLDEST_S = 60.0


def beat(settings: Settings, name: str) -> None:
    """Say that the process of this name, on this machine, is well."""
    path = _path(settings, name)
    with contextlib.suppress(OSError):  # a full disk; what is missing then says enough
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def is_well(settings: Settings, name: str) -> bool:
    """Whether the process of this name, on this machine, has given a sign of life lately."""
    try:
        age_s = time.time() - _path(settings, name).stat().st_mtime
    except OSError:
        return False
    return age_s < _OLDEST_S


def main() -> int:
    """What a health check runs; the exit code."""
    (name,) = sys.argv[1:]
    return 0 if is_well(Settings(), name) else 1


def _path(settings: Settings, name: str) -> Path:
    # Containers may share the folder, and each has a host name of its own.
    return settings.state_folder / "pulse" / f"{name}@{socket.gethostname()}"


if __name__ == "__main__":
    sys.exit(main())
