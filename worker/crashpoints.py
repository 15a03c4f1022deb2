"""Places where a test can have this process die, as if the power had gone."""

import os
from typing import Literal

CrashPoint = Literal[
    "after_claim", "after_start", "before_keep", "after_keep", "before_finish", "after_finish"
]

VARIABLE = "NETMEND_CRASH_AT"
#: What a shell tells of a process that SIGKILL ended.
EXIT_CODE = 137


def reach(point: CrashPoint) -> None:
    """Die here, without a farewell, if the environment says so."""
    # Not a setting: nobody who runs netmend has a use for it.
    if os.environ.get(VARIABLE) == point:
        os._exit(EXIT_CODE)
