"""Looks for known weaknesses of what netmend is pinned to: our own list, then the public ones.

Run: python -m tests.audit. Exit code 1 if a pin has a weakness that nobody has answered.
"""

import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

_REPOSITORY = Path(__file__).parents[1]
_ADVISORIES = _REPOSITORY / "requirements" / "advisories.toml"
PINNED = (_REPOSITORY / "requirements" / "cpu.txt", _REPOSITORY / "requirements" / "gpu.txt")


@dataclass(frozen=True, kw_only=True)
class Advisory:
    """A weakness of a library that we know of."""

    id: str
    package: str
    #: Versions that have it, as pip writes them.
    affected: str
    what: str
    #: Why it does not reach netmend; empty where nobody has said so yet.
    answer: str = ""
    #: The test that shows it, from the top of the repository.
    shown_by: str = ""

    def fits(self, pins: Mapping[str, str]) -> bool:
        """Whether one of the pins has it."""
        version = pins.get(canonicalize_name(self.package))
        return version is not None and SpecifierSet(self.affected).contains(version)


def main() -> int:
    """Print what is known; 1 if something is open."""
    answers = [ask(path) for ask in (_ask_ours, _ask_public) for path in PINNED]  # all are asked
    return int(any(answers))


def advisories() -> list[Advisory]:
    """The list that is kept by hand."""
    with _ADVISORIES.open("rb") as file:
        return [Advisory(**item) for item in tomllib.load(file)["advisory"]]


def pins(path: Path) -> dict[str, str]:
    """Library to the version that it is pinned to, whatever machine that is for."""
    lines = (line for line in path.read_text().splitlines() if "==" in line)
    found = [Requirement(line.rstrip(" \\")) for line in lines if not line.startswith((" ", "#"))]
    return {canonicalize_name(item.name): str(item.specifier)[2:] for item in found}


def _ask_ours(path: Path) -> bool:
    fitting = [item for item in advisories() if item.fits(pins(path))]
    print(f"{path.name}: {len(fitting)} advisories of our own list fit")
    for item in fitting:
        print(f"  {item.id}, {item.package}: {item.what}")
        print(f"    {item.answer or 'NOT ANSWERED'}" + (f" ({item.shown_by})" * bool(item.answer)))
    return any(not item.answer for item in fitting)


def _ask_public(path: Path) -> bool:
    """Ask the database of the package index by way of pip-audit; whether it knows of something."""
    asked = _pip_audit("--disable-pip", "--require-hashes", "--requirement", str(path))
    skipped = asked.stdout.count("could not be audited")
    n_pins = len(pins(path))
    print(f"{path.name}: the public database was asked about {n_pins - skipped} of {n_pins} pins")
    if skipped == n_pins:
        print("  so nothing was learnt: it cannot be reached from here")
    if asked.returncode:
        print(asked.stdout or asked.stderr.splitlines()[-1])
    return bool(asked.returncode)


def _pip_audit(*options: str) -> "subprocess.CompletedProcess[str]":
    command: Sequence[str] = (sys.executable, "-m", "pip_audit", "--progress-spinner=off", *options)
    return subprocess.run(command, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
