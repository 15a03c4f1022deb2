"""One transaction a request, where that is asked for."""

import pytest

from service import accounts
from web import services


def _names(held):
    with held.session(read_only=True) as session:
        return [name for name in ("a", "b") if accounts.find_user(session, name)]


def test_what_is_done_in_one_transaction_is_kept_together(app, held):
    with app.test_request_context("/"), services.one_transaction() as outer:
        accounts.create_user(outer, "a")
        with services.session() as inner:
            accounts.create_user(inner, "b")
            assert inner is outer
    assert _names(held) == ["a", "b"]


def test_after_an_error_nothing_of_it_is_kept(app, held):
    with app.test_request_context("/"), pytest.raises(ZeroDivisionError):
        _fail_in_one_transaction()
    assert _names(held) == []


def test_each_session_is_a_transaction_of_its_own_otherwise(app, held):
    with app.test_request_context("/"), services.session() as session:
        accounts.create_user(session, "a")
    assert _names(held) == ["a"]


def _fail_in_one_transaction():
    with services.one_transaction() as outer:
        with services.session() as inner:
            accounts.create_user(inner, "a")
        accounts.create_user(outer, "b")
        raise ZeroDivisionError
