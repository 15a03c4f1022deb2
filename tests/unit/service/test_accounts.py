"""Users and tokens."""

import pytest
import sqlalchemy as sa

from service import accounts, errors
from service.tables import Token
from tests import factories


@pytest.fixture
def user(session):
    return factories.make_user(session, "ada")


def test_a_token_says_who_comes_and_what_they_may(session, user):
    text = accounts.issue_token(session, user, "laptop", ["read", "submit"])
    identity = accounts.authenticate(session, text)
    assert text.startswith("nmt_")
    assert (identity.user_id, identity.scopes) == (user.id, ("read", "submit"))


def test_the_secret_is_kept_nowhere(session, user):
    secret = accounts.issue_token(session, user, "laptop", ["read"]).partition(".")[2]
    assert len(secret) == 64
    row = session.execute(sa.select(Token.__table__)).one()
    assert all(secret not in str(value) for value in row)


@pytest.mark.parametrize("change", [str.upper, lambda text: text[:-1], lambda text: text + "0"])
def test_a_token_that_is_not_quite_right_is_refused(session, user, change):
    text = accounts.issue_token(session, user, "laptop", ["read"])
    with pytest.raises(errors.Unauthenticated):
        accounts.authenticate(session, change(text))


@pytest.mark.parametrize("text", ["", "nmt_", "nmt_x.y", "nmt_\x00.y", "nmt_\ud800.\ud800", "."])
def test_nonsense_is_refused(session, text):
    with pytest.raises(errors.Unauthenticated):
        accounts.authenticate(session, text)


def test_a_revoked_token_is_refused(session, user):
    text = accounts.issue_token(session, user, "laptop", ["read"])
    accounts.revoke_token(session, accounts.authenticate(session, text).token_id)
    with pytest.raises(errors.Unauthenticated):
        accounts.authenticate(session, text)


def test_revoking_what_is_not_there_says_so(session):
    with pytest.raises(errors.NotFound):
        accounts.revoke_token(session, "none")


@pytest.mark.parametrize("scopes", [[], ["everything"]])
def test_there_are_no_other_scopes(session, user, scopes):
    with pytest.raises(errors.InvalidRequest, match="read, submit, admin"):
        accounts.issue_token(session, user, "laptop", scopes)


def test_two_users_do_not_share_a_name(session, user):
    assert accounts.find_user(session, "ada") is user
    with pytest.raises(errors.Conflict, match="'ada'"):
        accounts.create_user(session, "ada")


def test_a_scope_is_required_or_admin():
    reader, admin = (
        accounts.Identity(user_id="u", token_id="t", scopes=(scope,)) for scope in ("read", "admin")
    )
    reader.require("read")
    admin.require("submit")
    with pytest.raises(errors.Forbidden, match="'submit'"):
        reader.require("submit")


def test_an_invitation_opens_one_session_and_no_second_one(session, user):
    invitation = accounts.issue_invitation(session, user)
    opened = accounts.open_session(session, invitation)
    assert accounts.authenticate(session, opened).user_id == user.id
    with pytest.raises(errors.Unauthenticated):
        accounts.open_session(session, invitation)


@pytest.mark.parametrize("scope", accounts.SCOPES)
def test_an_invitation_is_no_token(session, user, scope):
    identity = accounts.authenticate(session, accounts.issue_invitation(session, user))
    with pytest.raises(errors.Forbidden):
        identity.require(scope)


def test_a_session_may_do_what_its_token_may(session, user):
    token = accounts.issue_token(session, user, "laptop", ["read"])
    opened = accounts.open_session(session, token)
    assert accounts.authenticate(session, opened).scopes == ("read",)


def test_a_new_invitation_takes_the_place_of_the_old_one(session, user):
    first, second = (accounts.issue_invitation(session, user) for _ in range(2))
    with pytest.raises(errors.Unauthenticated):
        accounts.open_session(session, first)
    accounts.open_session(session, second)
