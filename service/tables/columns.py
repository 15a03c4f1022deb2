"""What the tables are made of."""

from typing import Annotated

from sqlalchemy.orm import mapped_column

from .. import ids

#: Primary key of most tables: a UUIDv7 as text, so that later ones sort after earlier ones.
Id = Annotated[str, mapped_column(primary_key=True, default=ids.new_id)]
