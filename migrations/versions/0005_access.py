"""Roles of users, tokens that expire, and the audit log."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Role to the scopes of which a user of before needs one to get it; the first that fits counts.
_ROLES = {"admin": {"admin", "once"}, "submitter": {"submit"}}


def upgrade() -> None:
    # no type of our own here: a migration stays true when the code changes
    with op.batch_alter_table("users") as users:
        users.add_column(
            sa.Column("role", sa.String(), nullable=False, server_default="viewer"),
        )
        users.add_column(sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("tokens") as tokens:
        tokens.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    _give_roles()
    with op.batch_alter_table("users") as users:
        users.alter_column("role", existing_type=sa.String(), server_default=None)
        users.create_check_constraint(
            op.f("ck_users_role"), "role IN ('viewer', 'submitter', 'admin')"
        )
    op.create_table(
        "audit_events",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("actor", "source", "action", "kind", "object_id")
        ),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_events"),
    )
    for statement in _KEPT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_audit_events()")
    with op.batch_alter_table("tokens") as tokens:
        tokens.drop_column("expires_at")
    with op.batch_alter_table("users") as users:
        users.drop_constraint(op.f("ck_users_role"), type_="check")
        users.drop_column("disabled_at")
        users.drop_column("role")


def _give_roles() -> None:
    """Users of before keep what the strongest of their tokens could do, and no more."""
    users = sa.table("users", sa.column("id"), sa.column("role"))
    tokens = sa.table("tokens", sa.column("user_id"), sa.column("scopes", sa.JSON))
    scopes: dict[str, set[str]] = {}
    for user_id, given in op.get_bind().execute(sa.select(tokens.c.user_id, tokens.c.scopes)):
        held = json.loads(given) if isinstance(given, str) else given
        scopes.setdefault(user_id, set()).update(held)
    for user_id, held in scopes.items():
        role = next((role for role, needed in _ROLES.items() if needed & held), "viewer")
        op.execute(sa.update(users).where(users.c.id == user_id).values(role=role))


_REFUSED = "audit events are only ever added"
_KEPT = {
    "sqlite": [
        f"CREATE TRIGGER keep_audit_events_{act.lower()} BEFORE {act} ON audit_events "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        for act in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION refuse_change_of_audit_events() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
        "CREATE TRIGGER keep_audit_events BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_events()",
    ],
}
