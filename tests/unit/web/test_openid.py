"""People sign in at an OpenID provider: a real one on this machine, which answers as it is told."""

import base64
import hashlib
import http.server
import json
import threading
import time
import urllib.parse

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from service import accounts

CLIENT, SECRET = "netmend-here", "s" * 32
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)


class Provider(http.server.BaseHTTPRequestHandler):
    """What netmend asks of a provider: what it can do, its keys, and a token for a code."""

    def do_GET(self):
        base = self.server.address
        self.answer(
            {"keys": [KEY.as_dict(private=False)]}
            if self.path == "/keys"
            else {
                "issuer": base, "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token", "jwks_uri": f"{base}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )  # fmt: skip

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.asked.append(dict(urllib.parse.parse_qsl(body)))
        token = jwt.encode({"alg": "RS256", "kid": "one"}, self.server.claims, self.server.key)
        self.answer({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def answer(self, told):
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def provider():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        server.address = f"http://127.0.0.1:{server.server_port}"
        server.asked, server.key, server.claims = [], KEY, {}
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(settings, provider):
    return type(settings)(
        state_folder=settings.state_folder, broker_url=settings.broker_url,
        oidc_issuer=provider.address, oidc_client_id=CLIENT, oidc_client_secret=SECRET,
        oidc_role="submitter",
    )  # fmt: skip


@pytest.fixture
def visitor(app):
    return app.test_client()


def sent(visitor):
    """What the browser is sent to the provider with."""
    answer = visitor.get("/sign-in/provider")
    assert answer.status_code == 302
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["Location"]).query))


def come_back(visitor, provider, asked, **claims):
    now = int(time.time())
    provider.claims = {
        "iss": provider.address, "aud": CLIENT, "sub": "42", "preferred_username": "ada",
        "iat": now, "exp": now + 60, "nonce": asked["nonce"], **claims,
    }  # fmt: skip
    return visitor.get(f"/sign-in/provider/back?code=c&state={asked['state']}")


def users(held):
    with held.session() as session:
        return {user.name: user.role for user in accounts.list_users(session)}


def test_the_way_to_the_provider_is_shown(visitor):
    assert 'href="/sign-in/provider">Sign in at 127.0.0.1<' in visitor.get("/sign-in").text


def test_who_is_vouched_for_is_signed_in(visitor, provider, held):
    answer = come_back(visitor, provider, sent(visitor))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert visitor.get("/settings").status_code == 200
    assert users(held)["ada"] == "submitter"


def test_who_comes_again_is_the_same_whatever_they_are_called_now(visitor, provider, app, held):
    come_back(visitor, provider, sent(visitor))
    before = users(held)
    other = app.test_client()
    assert come_back(other, provider, sent(other), preferred_username="lovelace").status_code == 302
    assert users(held) == before


def test_the_code_is_bound_to_the_browser_that_asked(visitor, provider):
    asked = sent(visitor)
    come_back(visitor, provider, asked)
    (told,) = provider.asked
    digest = hashlib.sha256(told["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "other"}, {"aud": "us"}, {"iss": "http://127.0.0.1/"}, {"exp": 1}, {"sub": ""}],
    ids=lambda claims: next(iter(claims)),
)  # fmt: skip
def test_what_does_not_hold_is_not_believed(visitor, provider, claims, held):
    assert come_back(visitor, provider, sent(visitor), **claims).status_code == 401
    assert "ada" not in users(held)


def test_what_somebody_else_signed_is_not_believed(visitor, provider, held):
    provider.key = OTHER_KEY
    assert come_back(visitor, provider, sent(visitor)).status_code == 401
    assert "ada" not in users(held)


def test_who_was_not_sent_by_us_is_not_signed_in(visitor, provider, held):
    asked = {**sent(visitor), "state": "made-up"}
    assert come_back(visitor, provider, asked).status_code == 401
    assert provider.asked == []


def test_nobody_is_taken_for_a_user_of_the_same_name(visitor, provider, held):
    with held.session() as session:
        accounts.create_user(session, "ada", "admin")
    assert come_back(visitor, provider, sent(visitor)).status_code == 401
    assert users(held)["ada"] == "admin"


def test_who_is_kept_out_stays_out(visitor, provider, app, held):
    come_back(visitor, provider, sent(visitor))
    with held.session() as session:
        accounts.disable(session, accounts.find_user(session, "ada"))
    other = app.test_client()
    assert come_back(other, provider, sent(other)).status_code == 401


def test_without_a_role_for_newcomers_nobody_new_comes_in(visitor, provider, settings, held):
    object.__setattr__(settings, "oidc_role", None)
    answer = come_back(visitor, provider, sent(visitor))
    assert answer.status_code == 401
    assert "nobody has let ada in yet" in answer.text


def test_a_provider_that_is_away_is_told(visitor, provider, settings):
    provider.shutdown()
    provider.server_close()
    answer = visitor.get("/sign-in/provider")
    assert (answer.status_code, "does not answer" in answer.text) == (401, True)
