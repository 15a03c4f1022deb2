"""Who may ask for what: a policy for each route, declared where the route is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from service import accounts

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "access_policy"
#: Methods that change nothing.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Policy:
    """What somebody needs who asks for a route."""

    #: Scope of their token; ``None`` is asked of nobody.
    scope: str | None
    #: Whether the address names a thing of somebody, which is not there for anybody else.
    is_owned: bool = False
    #: Whether it is not there for admins, either.
    is_private: bool = False
    #: What is counted for `rates`, if anything: ``job``.
    rate: str | None = None

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that have the scope."""
        return tuple(
            role for role, scopes in accounts.ROLES.items() if self.scope in (None, *scopes)
        )


PUBLIC = Policy(None)
READ, SUBMIT, ADMIN = Policy("read"), Policy("submit"), Policy("admin")
READ_OWN, SUBMIT_OWN = Policy("read", is_owned=True), Policy("submit", is_owned=True)
READ_PRIVATE = Policy("read", is_owned=True, is_private=True)
SUBMIT_PRIVATE = Policy("submit", is_owned=True, is_private=True)
#: What makes jobs.
SUBMIT_JOBS = Policy("submit", rate="job")
SUBMIT_JOBS_OF_OWN = Policy("submit", is_owned=True, rate="job")


def needs(policy: Policy) -> Callable[[View], View]:
    """Declare the policy of a view."""

    def mark(view: View) -> View:
        vars(view)[_MARK] = policy
        return view

    return mark


def declared(view: Callable[..., Any]) -> Policy | None:
    """The policy of a view, if it declares one."""
    return vars(view).get(_MARK)


def of(view: Callable[..., Any], method: str) -> Policy:
    """The policy of a view; of one that declares none, by whether it may change anything."""
    return declared(view) or (READ if method in SAFE_METHODS else SUBMIT)
