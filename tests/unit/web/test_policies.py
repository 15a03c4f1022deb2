"""Who may ask for what; each route by each role is in api/test_policies.py and pages/."""

import pytest

from web import policies


def _view():
    """A view that declares nothing."""


@pytest.mark.parametrize(
    ("policy", "roles"),
    [
        (policies.PUBLIC, ("viewer", "submitter", "admin")),
        (policies.READ, ("viewer", "submitter", "admin")),
        (policies.SUBMIT, ("submitter", "admin")),
        (policies.ADMIN, ("admin",)),
    ],
)
def test_a_policy_is_for_the_roles_that_have_its_scope(policy, roles):
    assert policy.roles == roles


@pytest.mark.parametrize(("method", "policy"), [("GET", policies.READ), ("POST", policies.SUBMIT)])
def test_without_a_word_to_look_is_to_read_and_all_else_to_submit(method, policy):
    assert policies.declared(_view) is None
    assert policies.of(_view, method) == policy


def test_what_is_declared_counts_whatever_the_method():
    def view():
        """A view for admins."""

    declared = policies.needs(policies.ADMIN)(view)
    assert declared is view
    assert policies.of(view, "GET") == policies.ADMIN
