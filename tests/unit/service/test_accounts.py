"""Users and tokens."""

import datetime

import pytest
import sqlalchemy as sa

from service import accounts, db, errors
from service.tables import Token


@pytest.fixture
def user(session):
    return accounts.create_user(session, "ada", "admin")


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


@pytest.mark.parametrize(
    ("role", "may"), [("viewer", ("read",)), ("submitter", ("read", "submit"))]
)
def test_a_token_may_no_more_than_the_role_of_its_user(session, user, role, may):
    text = accounts.issue_token(session, user, "laptop", ["admin"])
    accounts.create_user(session, "grace", "admin")
    accounts.change_role(session, user, role)
    assert accounts.authenticate(session, text).scopes == may


def test_no_token_is_made_that_may_more_than_its_user(session):
    viewer = accounts.create_user(session, "alan", "viewer")
    with pytest.raises(errors.Forbidden, match="viewer"):
        accounts.issue_token(session, viewer, "laptop", ["submit"])


def test_there_are_no_other_roles(session):
    with pytest.raises(errors.InvalidRequest, match="viewer, submitter, admin"):
        accounts.create_user(session, "alan", "king")


def test_a_user_who_is_disabled_is_kept_out_until_let_in_again(session, user):
    text = accounts.issue_token(session, user, "laptop", ["read"])
    accounts.create_user(session, "grace", "admin")
    accounts.disable(session, user)
    with pytest.raises(errors.Unauthenticated):
        accounts.authenticate(session, text)
    accounts.enable(session, user)
    assert accounts.authenticate(session, text).user_id == user.id


@pytest.mark.parametrize(
    "give_up",
    [accounts.disable, lambda session, user: accounts.change_role(session, user, "viewer")],
)
def test_the_last_admin_stays_one(session, user, give_up):
    with pytest.raises(errors.Conflict, match="only admin"):
        give_up(session, user)


def test_a_token_that_is_too_old_opens_nothing_and_is_not_listed(session, user):
    text = accounts.issue_token(session, user, "laptop", ["read"], days=1)
    assert accounts.authenticate(session, text).user_id == user.id
    session.execute(sa.update(Token).values(expires_at=db.ago(1.0)))
    with pytest.raises(errors.Unauthenticated):
        accounts.authenticate(session, text)
    assert accounts.list_tokens(session, user.id) == []


def test_the_last_moment_of_a_token_is_as_far_ahead_as_was_asked(session, user):
    accounts.issue_token(session, user, "laptop", ["read"], days=2)
    (token,) = accounts.list_tokens(session, user.id)
    assert token.expires_at - token.created_at == pytest.approx(
        datetime.timedelta(days=2), abs=datetime.timedelta(minutes=1)
    )


def test_a_session_ends_by_itself(session, user):
    opened = accounts.open_session(session, accounts.issue_invitation(session, user), days=14)
    (token,) = accounts.list_tokens(session, user.id)
    assert token.name == "browser"
    assert token.expires_at > token.created_at
    session.execute(sa.update(Token).values(expires_at=db.ago(1.0)))
    with pytest.raises(errors.Unauthenticated):
        accounts.authenticate(session, opened)


@pytest.mark.parametrize("days", [0, -1, 1e9])
def test_a_token_is_valid_for_some_days(session, user, days):
    with pytest.raises(errors.InvalidRequest, match="some days"):
        accounts.issue_token(session, user, "laptop", ["read"], days=days)
