"""The running API keeps to its own description, whatever it is asked; `make fuzz-api` asks more."""

import pytest

from tests import fuzzing

pytestmark = pytest.mark.slow


def test_no_request_ends_in_a_bug_and_every_answer_is_as_described(tmp_path):
    outcomes = fuzzing.ask(tmp_path, seconds=20, seed=1)
    assert [outcome.stdout for outcome in outcomes if outcome.returncode != 0] == []
