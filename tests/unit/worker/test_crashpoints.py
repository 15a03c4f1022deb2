"""A crash point kills the process, but only when told so."""

import subprocess
import sys

import pytest

from worker import crashpoints

PROGRAM = "from worker import crashpoints; crashpoints.reach('after_claim'); print('alive')"


@pytest.mark.parametrize(("asked", "exit_code"), [("after_claim", 137), ("after_start", 0)])
def test_it_dies_at_the_point_that_was_asked_for_and_at_no_other(asked, exit_code):
    environment = {crashpoints.VARIABLE: asked}
    ended = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True)
    assert ended.returncode == exit_code


def test_nobody_dies_unasked():
    crashpoints.reach("after_claim")
