"""A webhook and its owner."""

import pytest

from service import webhooks
from service.schemas import WebhookCreate
from service.settings import Settings
from tests import factories


@pytest.fixture
def sending(tmp_path):
    """Settings of a service that sends webhooks to two hosts."""
    return Settings(state_folder=tmp_path, webhook_hosts=("ci.example", "other.example"))


@pytest.fixture
def owner(session):
    return factories.make_user(session)


@pytest.fixture
def hook(session, owner, sending):
    wanted = WebhookCreate(url="https://ci.example/hook")
    return webhooks.add(session, owner.id, wanted, sending)
