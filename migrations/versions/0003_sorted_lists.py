"""Indexes for what lists of jobs can be sorted by, and for the trash."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SORTED_BY = ("finished_at", "clean_accuracy_after", "attack_success_rate_after")
_FILTERED = ("id", "deleted_at", "owner_id", "kind", "state", "verdict", "method", "batch_id")


def upgrade() -> None:
    for column in _SORTED_BY:
        op.create_index(f"ix_jobs_by_{column}", "jobs", [column, *_FILTERED])
    in_trash = sa.text("deleted_at IS NOT NULL")
    op.create_index(
        "ix_jobs_trash", "jobs", ["id"], sqlite_where=in_trash, postgresql_where=in_trash
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_trash", "jobs")
    for column in _SORTED_BY:
        op.drop_index(f"ix_jobs_by_{column}", "jobs")
