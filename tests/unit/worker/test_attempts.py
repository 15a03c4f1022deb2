"""A child that failed is told from one that was killed."""

import pytest

from core import errors
from worker import attempts
from worker.endings import ChildLost


def test_a_child_that_was_killed_was_lost():
    with pytest.raises(ChildLost, match="killed"):
        attempts.raise_if_lost(errors.ChildFailed("killed", exit_code=-9))


@pytest.mark.parametrize("details", [{"exit_code": 3}, {}])
def test_a_child_that_ended_by_itself_was_not(details):
    attempts.raise_if_lost(errors.ChildFailed("failed", **details))
