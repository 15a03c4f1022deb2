import stat

import pytest

from netmend.embedded import access
from service import accounts, db
from service.settings import Settings


@pytest.fixture
def engine(tmp_path):
    engine = db.make_engine(Settings(state_folder=tmp_path))
    db.upgrade(engine)
    yield engine
    engine.dispose()


def test_each_start_gives_the_same_token(engine, tmp_path):
    assert access.token(engine, tmp_path) == access.token(engine, tmp_path)
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


def test_the_token_may_do_everything(engine, tmp_path):
    bearer = access.token(engine, tmp_path)
    with db.session_scope(engine) as session:
        accounts.authenticate(session, bearer).require("admin")


def test_a_token_that_is_not_valid_any_more_is_replaced(engine, tmp_path):
    first = access.token(engine, tmp_path)
    (tmp_path / "token").write_text("nmt_something\n")
    second = access.token(engine, tmp_path)
    assert second not in {first, "nmt_something"}


def test_each_start_invites_a_browser_once(engine, tmp_path):
    invitation = access.invitation(engine)
    with db.session_scope(engine) as session:
        opened = accounts.open_session(session, invitation)
        accounts.authenticate(session, opened).require("admin")
    assert access.invitation(engine) != invitation
