"""Lists of few jobs among many: of one kind or method by index, the others by less to read."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FILTERED_BY = ("kind", "method")


def upgrade() -> None:
    for column in _FILTERED_BY:
        op.create_index(f"ix_jobs_{column}_id", "jobs", [column, "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE jobs SET (toast_tuple_target = 1024)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE jobs RESET (toast_tuple_target)")
    for column in _FILTERED_BY:
        op.drop_index(f"ix_jobs_{column}_id", "jobs")
