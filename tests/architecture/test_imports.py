"""What may run beside a web server never loads TensorFlow, also not by way of others."""

import subprocess
import sys

import pytest

from tests.architecture import tree

LIGHT = [
    "core.catalogue",
    "core.children",
    "core.ingest",
    "core.report",
    "core.results",
    "netmend",
    "netmend.cli",
]
HEAVY = "{'keras', 'tensorflow', 'tensorflow_model_optimization', 'tf_keras'}"


@pytest.mark.parametrize("module", LIGHT)
def test_importing_it_does_not_load_tensorflow(module):
    program = f"import sys, {module}; print(sorted({HEAVY} & set(sys.modules)))"
    outcome = _python(program)
    assert outcome.stdout.strip() == "[]", outcome.stderr


def test_importing_core_runs_nothing():
    outcome = _python("import core, sys; print([m for m in sys.modules if m.startswith('core.')])")
    assert outcome.stdout.strip() == "[]", outcome.stderr


def _python(program):
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=tree.REPOSITORY, capture_output=True, text=True)
