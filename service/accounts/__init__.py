"""Who may use the service: users with a role, and the tokens that say that it is them."""

from .roles import ROLES, SCOPES
from .tokens import (
    Identity,
    authenticate,
    issue_invitation,
    issue_token,
    list_tokens,
    open_session,
    open_session_of,
    revoke_own_token,
    revoke_token,
)
from .users import (
    change_role,
    create_user,
    disable,
    enable,
    find_user,
    get_user,
    is_anybody_there,
    list_users,
    user_of_subject,
)

__all__ = [
    "ROLES",
    "SCOPES",
    "Identity",
    "authenticate",
    "change_role",
    "create_user",
    "disable",
    "enable",
    "find_user",
    "get_user",
    "is_anybody_there",
    "issue_invitation",
    "issue_token",
    "list_tokens",
    "list_users",
    "open_session",
    "open_session_of",
    "revoke_own_token",
    "revoke_token",
    "user_of_subject",
]
