"""Where others could come in, nobody listens before somebody looks after that."""

import pytest

from service import accounts, db, errors, exposure


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("10.0.0.1", False), ("", False), ("no such", False),
    ],
)  # fmt: skip
def test_what_is_of_this_machine_alone(host, is_own):
    assert exposure.is_loopback(host) is is_own


def test_without_an_admin_nobody_listens_for_others(sqlite_settings):
    engine = db.make_engine(sqlite_settings)
    exposure.check(sqlite_settings, engine)
    outside = sqlite_settings.model_copy(update={"web_host": "0.0.0.0"})
    with db.session_scope(engine) as session:
        accounts.create_user(session, "ada", "submitter")
    with pytest.raises(errors.NoAccounts, match="no admin yet"):
        exposure.check(outside, engine)
    with db.session_scope(engine) as session:
        accounts.create_user(session, "grace", "admin")
    exposure.check(outside, engine)
    engine.dispose()
