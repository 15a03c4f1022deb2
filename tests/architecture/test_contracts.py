"""The import contracts of .importlinter hold."""

import subprocess
import sys
from pathlib import Path

from tests.architecture import tree


def test_every_import_contract_holds():
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    outcome = subprocess.run(command, cwd=tree.REPOSITORY, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout
