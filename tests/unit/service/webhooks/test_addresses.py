"""Only addresses of hosts that whoever runs the service has named are taken."""

import pytest

from service.errors import WebhookRefused
from service.settings import Settings
from service.webhooks import addresses


def settings(tmp_path, **given):
    return Settings(state_folder=tmp_path, **given)


def test_without_a_setting_there_are_no_webhooks(tmp_path):
    with pytest.raises(WebhookRefused, match="sends no webhooks"):
        addresses.check("https://ci.example/", settings(tmp_path))


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/", "http://ci.example/", "file:///etc/passwd", "https://",
        "https://me:secret@ci.example/", "https://ci.example/#part", "https://ci.example:port/",
        "https://ci.example.evil.example/", "https://[::1/", "https://ci.example/\u00e4",
        "https://ci.example/ a", "ci.example", "//ci.example",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(url, tmp_path):
    with pytest.raises(WebhookRefused):
        addresses.check(url, settings(tmp_path, webhook_hosts="ci.example, ::1"))


@pytest.mark.parametrize("url", ["https://ci.example/hook?a=1", "https://CI.example:8443/"])
def test_addresses_of_a_named_host_are_taken(url, tmp_path):
    addresses.check(url, settings(tmp_path, webhook_hosts="ci.example"))


def test_all_hosts_can_be_named(tmp_path):
    addresses.check("https://any.example/", settings(tmp_path, webhook_hosts="*"))


def test_plain_http_is_for_private_networks(tmp_path):
    addresses.check(
        "http://127.0.0.1:9000/", settings(tmp_path, webhook_hosts="*", webhook_private=True)
    )
