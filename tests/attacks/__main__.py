"""`make attack`: have a job attack its worker, and print what came of each attempt.

Run: python -m tests.attacks. Exit code 1 if anything was got at.
"""

import os
import sys

from . import scene
from .attempts import ALL
from .scene import Findings

_WIDTH = 42


def main() -> int:
    """Attack, and tell."""
    if (
        not scene.SECRETS.items() <= os.environ.items()
    ):  # the kernel shows what a program began with
        command = [sys.executable, "-m", "tests.attacks"]
        os.execve(sys.executable, command, {**os.environ, **scene.SECRETS})
    found = scene.play()
    for line in _table(found):
        _tell(line)
    return 0 if found.is_well else 1


def _table(found: Findings) -> list[str]:
    who = list(found.outcomes)
    rows = [
        [name, *(found.outcomes[each].get(name, "") for each in who)]
        for name in dict.fromkeys([*ALL, *(name for each in who for name in found.outcomes[each])])
    ]
    n_tried = sum(len(tried) for tried in found.outcomes.values())
    return [
        found.lock,
        "",
        *("  ".join(cell.ljust(_WIDTH if column == 0 else 30) for column, cell in enumerate(row))
          for row in (["attempt by a job", *who], *rows)),
        "",
        f"variables that the job sees: {', '.join(sorted(found.environment))}",
        f"{n_tried - len(found.failures)} of {n_tried} attempts denied",
        *(f"HARM: {each}" for each in (*found.failures, *found.harm)),
    ]  # fmt: skip


def _tell(line: str) -> None:
    sys.stdout.write(f"{line.rstrip()}\n")


if __name__ == "__main__":
    sys.exit(main())
