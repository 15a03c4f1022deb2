"""Indexes for lists of jobs of one kind or method, of which there may be few among many."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FILTERED_BY = ("kind", "method")


def upgrade() -> None:
    for column in _FILTERED_BY:
        op.create_index(f"ix_jobs_{column}_id", "jobs", [column, "id"])


def downgrade() -> None:
    for column in _FILTERED_BY:
        op.drop_index(f"ix_jobs_{column}_id", "jobs")
