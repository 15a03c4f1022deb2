"""Pages by key."""

import pytest
import sqlalchemy as sa

from service import errors, paging
from service.tables import User
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
