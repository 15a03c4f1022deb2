"""Whoever asks twice gets one answer."""

import pytest

from service import db, errors, idempotency
from tests import factories

ANSWER = {"status": 202, "headers": {}, "body": "{}"}


@pytest.fixture
def user_id(session):
    return factories.make_user(session).id


def test_a_new_key_has_no_answer(session, user_id):
    assert idempotency.recall(session, user_id, "key", fingerprint="a") is None


def test_the_same_request_gets_the_answer_that_was_kept(session, user_id):
    idempotency.recall(session, user_id, "key", fingerprint="a")
    idempotency.keep(session, user_id, "key", answer=ANSWER)
    assert idempotency.recall(session, user_id, "key", fingerprint="a") == ANSWER


def test_another_request_with_the_same_key_is_refused(session, user_id):
    idempotency.recall(session, user_id, "key", fingerprint="a")
    with pytest.raises(errors.IdempotencyKeyReused):
        idempotency.recall(session, user_id, "key", fingerprint="b")


def test_a_request_that_was_not_answered_is_in_progress(session, user_id):
    idempotency.recall(session, user_id, "key", fingerprint="a")
    with pytest.raises(errors.IdempotencyInProgress):
        idempotency.recall(session, user_id, "key", fingerprint="a")


def test_keys_of_different_users_have_nothing_to_do_with_each_other(session, user_id):
    other = factories.make_user(session).id
    idempotency.recall(session, user_id, "key", fingerprint="a")
    assert idempotency.recall(session, other, "key", fingerprint="b") is None


def test_after_an_error_the_key_may_be_used_again(engine):
    with db.session_scope(engine) as session:
        user_id = factories.make_user(session).id
    with pytest.raises(ZeroDivisionError), db.session_scope(engine) as session:
        idempotency.recall(session, user_id, "key", fingerprint="a")
        _ = 1 / 0
    with db.session_scope(engine) as session:
        assert idempotency.recall(session, user_id, "key", fingerprint="b") is None
