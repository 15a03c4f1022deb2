"""Alembic runs this; the connection comes from `service.db`, which holds the lock."""

from typing import Literal

from alembic import context

from service import tables
from service.db import Base, UtcDateTime

_ALL = (Base.metadata, tables)  # the tables register themselves when they are imported


def run() -> None:
    """Run the migrations on the connection that was handed over, in its transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite cannot alter a column; batches copy the table
        transactional_ddl=True,
        render_item=_plain_types,
    )
    with context.begin_transaction():
        context.run_migrations()


def _plain_types(kind: str, item: object, _: object) -> str | Literal[False]:
    """Migrations stay true when our own types change, so they name those of SQLAlchemy."""
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False
    )


run()
