"""Users, for those who look after them."""

import datetime
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import flask
import pydantic
from pydantic import Field

from service import accounts

from .. import answering, policies, reading, services
from ..openapi import Description, describe

blueprint = flask.Blueprint("users", __name__)

#: How long the link that lets a new user in works.
_INVITATION_DAYS = 7.0

Role = Annotated[str, Field(json_schema_extra={"enum": list(accounts.ROLES)})]


class UserView(pydantic.BaseModel):
    """A user."""

    id: str
    name: str
    role: Role
    created_at: datetime.datetime
    #: Since when they are kept out.
    disabled_at: datetime.datetime | None

    @classmethod
    def of(cls, row: Any) -> "UserView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class NewUserView(UserView):
    """A user who was just made."""

    #: Address that lets them into the pages, once, within a week; shown this one time.
    welcome: str


class UserList(pydantic.BaseModel):
    """All users."""

    data: Sequence[UserView]


class UserCreate(pydantic.BaseModel):
    """Who is to be let in."""

    model_config = pydantic.ConfigDict(extra="forbid")

    name: str = Field(
        min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$"
    )
    role: Role = "submitter"


class UserEdit(pydantic.BaseModel):
    """What changes of a user."""

    model_config = pydantic.ConfigDict(extra="forbid")

    role: Role | None = None
    disabled: bool | None = Field(default=None, description="Kept out, with all their tokens.")


@blueprint.get("/users")
@describe(Description(policy=policies.ADMIN, answers={200: UserList, 304: None}, tag="users"))
def list_users() -> flask.Response:
    """All users, by name."""
    with services.session(read_only=True) as session:
        views = [UserView.of(row) for row in accounts.list_users(session)]
    return answering.cacheable(answering.view(UserList(data=views)))


@blueprint.post("/users")
@describe(
    Description(policy=policies.ADMIN, answers={201: NewUserView}, tag="users", body=UserCreate)
)
def create_user() -> flask.Response:
    """Make a user; the answer has the link that lets them in, once."""
    wanted = reading.body(UserCreate)
    with services.session() as session:
        user = accounts.create_user(session, wanted.name.strip(), wanted.role)
        invitation = accounts.issue_invitation(session, user, days=_INVITATION_DAYS)
        session.refresh(user)
        told = UserView.of(user).model_dump()
    welcome = flask.url_for("pages.signing_in.show_invitation", token=invitation)
    return answering.view(NewUserView(**told, welcome=welcome), status=201)


@blueprint.patch("/users/<uuid:user_id>")
@describe(Description(policy=policies.ADMIN, answers={200: UserView}, tag="users", body=UserEdit))
def edit_user(user_id: UUID) -> flask.Response:
    """Give a user another role, keep them out, or let them in again; it counts at once."""
    wanted = reading.body(UserEdit)
    with services.session() as session:
        user = accounts.get_user(session, str(user_id))
        if wanted.role is not None:
            accounts.change_role(session, user, wanted.role)
        if wanted.disabled is not None:
            (accounts.disable if wanted.disabled else accounts.enable)(session, user)
        view = UserView.of(user)
    return answering.view(view)
