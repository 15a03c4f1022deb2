"""People who sign in at an OpenID provider: sent there, and believed when they come back.

Authlib does what the protocol asks: state, nonce, PKCE, and the signature of what is told
(OpenID Connect Core 1.0, RFC 7636).
"""

import functools
import urllib.parse
from dataclasses import dataclass
from typing import Any

import flask
import requests
import werkzeug
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from joserfc.errors import JoseError

from service.errors import Unauthenticated
from service.settings import Settings

from . import services

_NAME = "provider"
_EXTENSION = "netmend-openid"
_METADATA = "/.well-known/openid-configuration"
_TIMEOUT_S = 10.0
#: What somebody may be called, the first that the provider tells.
_NAMES = ("preferred_username", "email", "name")
_MAX_NAME = 100


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody whom the provider vouches for."""

    #: The provider, and its own lasting name for them.
    subject: str
    name: str


def register(app: flask.Flask, settings: Settings) -> None:
    """Let an application ask the provider that the settings name, if they name one."""
    if not settings.oidc_issuer:
        return
    secret = settings.oidc_client_secret
    oauth = OAuth(app)
    oauth.register(
        _NAME,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + _METADATA,
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": _TIMEOUT_S,
        },
    )
    app.extensions[_EXTENSION] = oauth


def provider() -> str | None:
    """What the provider is called, its host; ``None`` where there is none."""
    issuer = services.current().settings.oidc_issuer
    return urllib.parse.urlsplit(issuer).hostname if issuer else None


def go(back: str) -> werkzeug.Response:
    """Send somebody to the provider.

    Args:
        back: Path of ours to which the provider sends them back.

    Raises:
        Unauthenticated: There is no provider, or it does not answer.
    """
    settings = services.current().settings
    base = settings.public_url or flask.request.host_url
    address = urllib.parse.urljoin(base, back)
    sent: werkzeug.Response = _asked(functools.partial(_client().authorize_redirect, address))
    return sent


def whoever_came() -> Person:
    """Who the provider says has come back to us.

    Raises:
        Unauthenticated: They were not sent by us, or what is told does not hold.
    """
    told = _asked(_client().authorize_access_token).get("userinfo") or {}
    issuer, subject = told.get("iss"), told.get("sub")
    if not issuer or not subject:
        raise Unauthenticated("the provider does not say who it is")
    name = next((str(told[key]) for key in _NAMES if told.get(key)), str(subject))
    return Person(subject=f"{issuer} {subject}", name=name[:_MAX_NAME])


def _client() -> Any:
    oauth = flask.current_app.extensions.get(_EXTENSION)
    if oauth is None:
        raise Unauthenticated("nobody signs in elsewhere here")
    return oauth.create_client(_NAME)


def _asked(ask: Any) -> Any:
    try:
        return ask()
    except requests.RequestException as error:
        raise Unauthenticated("the provider does not answer; try again in a moment") from error
    except (AuthlibBaseError, JoseError, RuntimeError, ValueError) as error:
        # also what Authlib says of a provider whose metadata lack something
        raise Unauthenticated("what the provider told could not be believed; try again") from error
