"""A message is sent by one at a time, again for a day and more, and then given up."""

import pytest
import sqlalchemy as sa

from service import visibility, webhooks
from service.errors import Conflict, NotFound
from service.tables import Delivery
from service.webhooks.deliveries import PAUSES_S
from tests import factories


@pytest.fixture
def delivery(session, hook):
    return webhooks.ping(session, hook.id)


def attempt(session, delivery, **came_of_it):
    session.execute(sa.update(Delivery).values(next_at=0.0))
    parcel = webhooks.claim(session, delivery.id)
    webhooks.settle(session, parcel, **came_of_it)
    session.expire_all()
    return session.get(Delivery, delivery.id)


def test_a_message_is_due_at_once_and_taken_by_one(session, hook, delivery):
    assert webhooks.due(session, limit=5) == [delivery.id]
    parcel = webhooks.claim(session, delivery.id)
    assert (parcel.url, parcel.secret, parcel.attempt) == (hook.url, hook.secret, 1)
    assert webhooks.claim(session, delivery.id) is None
    assert webhooks.due(session, limit=5) == []


def test_a_message_that_arrived_is_not_sent_again(session, delivery):
    row = attempt(session, delivery, status=204)
    assert (row.state, row.status, row.error) == ("delivered", 204, None)
    assert webhooks.due(session, limit=5) == []


@pytest.mark.parametrize("came_of_it", [{"status": 500}, {"status": 302}, {"error": "nobody"}])
def test_one_that_did_not_is_tried_again_later(session, delivery, came_of_it):
    row = attempt(session, delivery, **came_of_it)
    assert (row.state, row.attempts, row.status) == ("waiting", 1, came_of_it.get("status"))
    assert row.error
    assert webhooks.due(session, limit=5) == []


def test_after_the_last_pause_it_is_given_up(session, delivery):
    rows = [attempt(session, delivery, status=503).state for _ in range(len(PAUSES_S) + 1)]
    assert rows == ["waiting"] * len(PAUSES_S) + ["failed"]


def test_who_says_gone_is_told_nothing_more(session, hook, delivery):
    assert attempt(session, delivery, status=410).state == "failed"
    session.refresh(hook)
    assert hook.disabled_at is not None


def test_an_attempt_that_was_overtaken_changes_nothing(session, delivery):
    old = webhooks.claim(session, delivery.id)
    attempt(session, delivery, status=200)
    webhooks.settle(session, old, status=500)
    session.expire_all()
    assert session.get(Delivery, delivery.id).status == 200


def test_a_message_can_be_sent_once_more(session, delivery):
    with pytest.raises(Conflict, match="still on its way"):
        webhooks.redeliver(session, delivery.id)
    attempt(session, delivery, status=410)
    row = webhooks.redeliver(session, delivery.id)
    assert (row.state, row.attempts) == ("waiting", 0)


def test_messages_of_others_are_not_there(session, hook, delivery):
    visibility.limit(session, factories.make_user(session).id)
    with pytest.raises(NotFound):
        webhooks.redeliver(session, delivery.id)
    with pytest.raises(NotFound):
        webhooks.list_deliveries(session, hook.id)
