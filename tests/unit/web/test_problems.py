"""What is told of each kind of error."""

import pytest

from core import errors
from service import errors as service_errors
from web import problems


def test_each_says_what_to_do():
    assert [item.code for item in problems.problems() if not item.mend] == []


def test_a_status_is_told_only_where_there_is_an_answer_of_http():
    statuses = {item.code: item.status for item in problems.problems()}
    assert statuses["not-found"] == 404
    assert statuses["worker-lost"] is None


@pytest.mark.parametrize("kind", [errors.NotHdf5, service_errors.Gone])
def test_what_to_do_is_found_by_class(kind):
    assert problems.mend_of(kind)


def test_nothing_is_known_of_a_kind_that_stands_nowhere():
    class Other(errors.ProjectError):
        """It is in no chapter."""

    assert problems.mend_of(Other) == ""
