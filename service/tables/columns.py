"""What the tables are made of."""

from typing import Annotated

from sqlalchemy import String
from sqlalchemy.orm import mapped_column

from .. import ids

#: Primary key of most tables: a UUIDv7 as text, so that later ones sort after earlier ones.
Id = Annotated[str, mapped_column(primary_key=True, default=ids.new_id)]
#: A SHA-256 in hexadecimal.
Digest = Annotated[str, mapped_column(String(64))]
