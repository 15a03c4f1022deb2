"""Roles, and the scopes that each of them has: the one place that says who may do what."""

import types
from collections.abc import Mapping, Sequence

from .. import errors

#: ``read`` looks, ``submit`` makes and cancels, ``admin`` does everything.
SCOPES = ("read", "submit", "admin")
#: Role to the scopes that a token of such a user can have at most.
ROLES: Mapping[str, tuple[str, ...]] = types.MappingProxyType(
    {"viewer": ("read",), "submitter": ("read", "submit"), "admin": SCOPES}
)


def check(role: str) -> None:
    """Go on only with a role that there is.

    Raises:
        InvalidRequest: There is none of that name.
    """
    if role not in ROLES:
        raise errors.InvalidRequest(
            f"roles are {', '.join(ROLES)}, not {role}",
            errors=[{"pointer": "#/role", "detail": f"one of {', '.join(ROLES)}"}],
        )


def allowed(role: str, scopes: Sequence[str]) -> tuple[str, ...]:
    """What a token with these scopes may do, in the hands of a user with this role."""
    if "admin" in scopes:
        return ROLES[role]
    return tuple(scope for scope in ROLES[role] if scope in scopes)
