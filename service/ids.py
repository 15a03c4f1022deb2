"""Names for rows: UUID version 7, so that they sort by the time they were made."""

import datetime
import os
import time
import uuid


def new_id() -> str:
    """A new UUIDv7 as text, of the time down to a quarter of a microsecond, then random bits.

    Source: RFC 9562, sections 5.7 and 6.2 (method 3: more of the clock in the 12 bits that follow
    the milliseconds, so that the ids of one process sort in the order in which they were made).
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    random_bits = int.from_bytes(os.urandom(8), "big") >> 2  # 62 of them
    return str(
        uuid.UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 0b10 << 62 | random_bits)
    )


def earliest(moment: datetime.datetime) -> str:
    """The smallest id that can have been made at a moment; those made later sort after it."""
    milliseconds = int(moment.timestamp() * 1000)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | 0b10 << 62))
