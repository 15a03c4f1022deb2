"""Batches, answers of jobs, the trash, and notes on models and data sets."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SUBJECTS = ("models", "datasets")


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("n_jobs", sa.Integer(), nullable=False),
        sa.Column("n_open", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("n_open >= 0", name="ck_batches_n_open"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_batches_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_index("ix_batches_owner_id_id", "batches", ["owner_id", "id"])
    with op.batch_alter_table("jobs") as jobs:
        jobs.add_column(sa.Column("batch_id", sa.String(), nullable=True))
        jobs.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        jobs.add_column(sa.Column("result", sa.JSON(), nullable=True))
        jobs.create_foreign_key("fk_jobs_batch_id", "batches", ["batch_id"], ["id"])
        jobs.create_index("ix_jobs_batch_id_id", ["batch_id", "id"])
    for table in _SUBJECTS:
        with op.batch_alter_table(table) as subjects:
            subjects.add_column(sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
            subjects.add_column(sa.Column("notes", sa.String(), nullable=False, server_default=""))
            subjects.add_column(
                sa.Column("version", sa.Integer(), nullable=False, server_default="1")
            )


def downgrade() -> None:
    for table in _SUBJECTS:
        with op.batch_alter_table(table) as subjects:
            for name in ("version", "notes", "tags"):
                subjects.drop_column(name)
    with op.batch_alter_table("jobs") as jobs:
        jobs.drop_index("ix_jobs_batch_id_id")
        jobs.drop_constraint("fk_jobs_batch_id", type_="foreignkey")
        for name in ("result", "deleted_at", "batch_id"):
            jobs.drop_column(name)
    op.drop_table("batches")
