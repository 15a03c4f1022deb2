"""Webhooks belong to somebody, and have a secret."""

import base64

import pytest

from service import visibility, webhooks
from service.errors import Conflict, NotFound
from service.schemas import WebhookCreate
from tests import factories


def test_a_secret_has_the_form_of_the_standard(hook):
    name, _, key = hook.secret.partition("_")
    assert (name, len(base64.b64decode(key))) == ("whsec", 32)


def test_no_two_secrets_are_the_same(session, owner, sending, hook):
    other = webhooks.add(session, owner.id, WebhookCreate(url=hook.url), sending)
    assert other.secret != hook.secret


def test_there_is_a_limit(session, owner, sending):
    wanted = WebhookCreate(url="https://ci.example/")
    for _ in range(20):
        webhooks.add(session, owner.id, wanted, sending)
    with pytest.raises(Conflict, match="20 webhooks"):
        webhooks.add(session, owner.id, wanted, sending)


def test_others_do_not_see_it(session, hook):
    visibility.limit(session, factories.make_user(session).id)
    assert webhooks.list_webhooks(session) == []
    with pytest.raises(NotFound):
        webhooks.remove(session, hook.id)


def test_it_can_be_forgotten_with_all_that_was_sent(session, hook):
    delivery = webhooks.ping(session, hook.id)
    webhooks.remove(session, hook.id)
    assert webhooks.list_webhooks(session) == []
    assert webhooks.claim(session, delivery.id) is None
