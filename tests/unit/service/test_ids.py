"""UUIDv7."""

import datetime
import time
import uuid

from service import ids


def test_an_id_is_a_uuid_of_version_seven():
    found = uuid.UUID(ids.new_id())
    assert found.variant == uuid.RFC_4122
    assert found.version == 7


def test_ids_are_unique_and_sort_by_time():
    first = ids.new_id()
    time.sleep(0.002)
    later = [ids.new_id() for _ in range(1000)]
    assert len(set(later)) == 1000
    assert all(first < other for other in later)


def test_an_id_tells_when_it_was_made():
    milliseconds = uuid.UUID(ids.new_id()).int >> 80
    assert abs(milliseconds / 1000 - time.time()) < 60


def test_the_earliest_id_of_a_moment_sorts_before_those_made_since_and_after_those_before():
    before = ids.new_id()
    time.sleep(0.002)
    earliest = ids.earliest(datetime.datetime.now(datetime.UTC))
    assert before < earliest < ids.new_id()
    assert uuid.UUID(earliest).version == 7
