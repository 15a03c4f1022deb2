"""A child that failed is told from one that was killed."""

import pytest

from core import errors
from worker import attempts
from worker.endings import ChildLost


@pytest.mark.parametrize("details", [{"exit_code": -9}, {"is_started": False}])
def test_a_child_that_was_killed_or_never_started_was_lost(details):
    with pytest.raises(ChildLost, match="killed"):
        attempts.raise_if_lost(errors.ChildFailed("killed", **details))


@pytest.mark.parametrize("details", [{"exit_code": 3}, {}])
def test_a_child_that_ended_by_itself_was_not(details):
    attempts.raise_if_lost(errors.ChildFailed("failed", **details))
