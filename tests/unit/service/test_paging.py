"""Pages by key."""

import base64
import json

import pytest
import sqlalchemy as sa

from service import errors, jobs, paging
from service.paging import Order
from service.tables import Job, User
from tests import factories


def _page(session, **options):
    given = {"cursor": None, "limit": 2, **options}
    return paging.fetch(session, sa.select(User), User.id, **given)


def test_the_last_page_has_no_next(session):
    users = [factories.make_user(session).id for _ in range(4)]
    first = _page(session)
    second = _page(session, cursor=first.next)
    assert [user.id for user in (*first.rows, *second.rows)] == sorted(users, reverse=True)
    assert second.next is None


def test_rows_that_are_added_meanwhile_shift_nothing(session):
    users = [factories.make_user(session).id for _ in range(3)]
    first = _page(session)
    factories.make_user(session)
    assert [user.id for user in _page(session, cursor=first.next).rows] == [min(users)]


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_limit_out_of_range_is_refused(session, limit):
    with pytest.raises(errors.InvalidRequest, match="between 1 and 200"):
        _page(session, limit=limit)


@pytest.mark.parametrize("cursor", ["", "x", "\x00" * 36, "\ud800" * 36])
def test_a_made_up_cursor_is_refused(session, cursor):
    with pytest.raises(errors.InvalidRequest, match="cursor"):
        _page(session, cursor=cursor)


@pytest.fixture
def measured(session):
    """Ids of jobs with these clean accuracies, two of them alike and two without any."""
    owner = factories.make_user(session)
    ids = {}
    for name, accuracy in (("b1", 0.5), ("none1", None), ("c", 0.9), ("b2", 0.5), ("none2", None),
                           ("a", 1 / 3)):  # fmt: skip
        job = factories.make_job(session, owner)
        job.clean_accuracy_after = accuracy
        ids[job.id] = name
    session.flush()
    return ids


def _sorted(session, *, is_descending, limit, column=Job.clean_accuracy_after):
    """All pages, one after another."""
    order, cursor = Order(column=column, is_descending=is_descending), None
    while True:
        page = paging.fetch_sorted(
            session, sa.select(Job), Job.id, order=order, cursor=cursor, limit=limit
        )
        yield [job.id for job in page.rows]
        cursor = page.next
        if cursor is None:
            return


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize(
    "names",
    [["c", "b2", "b1", "a", "none2", "none1"], ["a", "b1", "b2", "c", "none1", "none2"]],
)
def test_a_sorted_list_has_everything_once_and_what_has_no_value_last(
    session, measured, names, limit
):
    pages = list(_sorted(session, is_descending=names[0] == "c", limit=limit))
    assert [measured[job_id] for page in pages for job_id in page] == names
    assert {len(page) for page in pages[:-1]} <= {limit}


def test_a_list_is_sorted_by_times_too(session, measured):
    canceled = [jobs.cancel(session, job_id).id for job_id in list(measured)[:3]]
    pages = list(_sorted(session, is_descending=True, limit=2, column=Job.finished_at))
    assert [job_id for page in pages for job_id in page][:3] == canceled[::-1]


@pytest.mark.parametrize(
    "place",
    [
        "", "x", "e30", "W10", [0.5], [0.5, "x"], ["x", "0" * 36], [[], "0" * 36], [None, None],
        [10**400, "0" * 36], [0.5, ["0"] * 36], [True, 36],
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", [Job.clean_accuracy_after, Job.finished_at])
def test_a_made_up_cursor_of_a_sorted_list_is_refused(session, place, column):
    cursor = place if isinstance(place, str) else _encoded(place)
    with pytest.raises(errors.InvalidRequest, match="cursor"):
        paging.fetch_sorted(
            session, sa.select(Job), Job.id, limit=2, cursor=cursor,
            order=Order(column=column, is_descending=True),
        )  # fmt: skip


@pytest.mark.parametrize("moment", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "now"])
def test_a_made_up_time_in_a_cursor_is_refused(session, moment):
    order = Order(column=Job.finished_at, is_descending=True)
    with pytest.raises(errors.InvalidRequest, match="cursor"):
        paging.fetch_sorted(
            session, sa.select(Job), Job.id, order=order, limit=2,
            cursor=_encoded([moment, "0" * 36]),
        )  # fmt: skip


def _encoded(place):
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
