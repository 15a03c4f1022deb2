"""Which addresses messages may go to; what is behind a name is looked at when one is sent."""

import urllib.parse

from .. import errors
from ..settings import Settings


def is_allowed(host: str, settings: Settings) -> bool:
    """Whether messages may go to a host of this name."""
    return "*" in settings.webhook_hosts or host.lower() in settings.webhook_hosts


def check(url: str, settings: Settings) -> None:
    """Refuse an address that nothing would ever be sent to.

    Raises:
        WebhookRefused: Webhooks are off, or it is no address of an allowed host.
    """
    if not settings.webhook_hosts:
        raise errors.WebhookRefused(
            "this service sends no webhooks", field="url",
            hint="whoever runs it can name hosts in NETMEND_WEBHOOK_HOSTS",
        )  # fmt: skip
    parts = _parts(url)
    schemes = ("https", "http") if settings.webhook_private else ("https",)
    if parts.scheme not in schemes or not parts.hostname:
        raise _refused(f"is not an address of {' or '.join(schemes)}", url)
    if parts.username is not None or parts.fragment:
        raise _refused("holds a user name or a fragment, which are not sent", url)
    if not is_allowed(parts.hostname, settings):
        raise errors.WebhookRefused(
            f"no webhooks go to {parts.hostname}", field="url",
            received=parts.hostname, expected=", ".join(settings.webhook_hosts),
        )  # fmt: skip


def _parts(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _refused(f"is not an address: {error}", url) from error
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _refused("has letters that an address has not", url)
    return parts


def _refused(why: str, url: str) -> errors.WebhookRefused:
    return errors.WebhookRefused(f"the URL of the webhook {why}", field="url", received=url)
