"""The search box over lists of jobs."""

import pydantic
import pytest

from service import jobs
from service.schemas import JobFilter, searching
from tests import factories


@pytest.fixture
def named(session):
    """Job name to id, of three jobs."""
    made = [
        factories.make_job(session, name="sunglasses", tags=("lab3",)),
        factories.make_job(session, name="corner", tags=("lab3", "late")),
        factories.make_job(session, name="sinusoid", notes="as in sunglasses"),
    ]
    jobs.cancel(session, made[1].id)
    return {job.name: job.id for job in made}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sunglasses", {"sunglasses", "sinusoid"}),
        ("tag:lab3", {"sunglasses", "corner"}),
        ("tag:lab3 state:canceled", {"corner"}),
        ("state:canceled OR name", {"corner"}),
        ("tag:late OR sinusoid", {"corner", "sinusoid"}),
        ('"as in"', {"sinusoid"}),
        ("method:fine-pruning", {"sunglasses", "corner", "sinusoid"}),
        ("verdict:repaired", set()),
        ("100%", set()),
    ],
)
def test_a_search_finds_what_it_says(session, named, text, expected):
    rows = jobs.list_jobs(session, JobFilter(search=text)).rows
    assert {job.name for job in rows} == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour:red", "there is no field 'colour'"),
        ("state:lost", "state is one of queued"),
        ("tag:", "needs a word"),
        ("a OR", "stands between two things"),
        ("OR", "stands between two things"),
        ('"open', "a quote does not end"),
        ("a " * 21, "at most 20"),
    ],
)
def test_what_cannot_be_searched_for_is_told(text, told):
    with pytest.raises(pydantic.ValidationError, match=told):
        JobFilter(search=text)


def test_a_search_is_alternatives_of_terms():
    found = searching.parse("a state:failed OR b")
    assert found == [
        [searching.Term(None, "a"), searching.Term("state", "failed")],
        [searching.Term(None, "b")],
    ]
