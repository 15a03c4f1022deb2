import pytest

from core import errors
from core.modelfile import heaps


def heap(*objects, size=None):
    """A heap with objects of an index, a size and so many bytes."""
    parts = [
        index.to_bytes(2, "little") + bytes(6) + declared.to_bytes(8, "little") + bytes(stored)
        for index, declared, stored in objects
    ]
    body = b"".join(parts)
    length = 16 + len(body) if size is None else size
    return b"before" + b"GCOL\x01\0\0\0" + length.to_bytes(8, "little") + body


def test_texts_of_any_length_and_free_space_are_fine():
    heaps.refuse_endless(heap((1, 5, 8), (2, 16, 16), (0, 40, 24)))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (0, 15), (1, 2**64 - 16), (1, 10**6)])
def test_an_object_that_does_not_lead_on_is_damage(index, size):
    with pytest.raises(errors.CorruptFile, match="byte 38"):
        heaps.refuse_endless(
            heap((1, 8, 8)) if index is None else heap((3, 0, 0), (index, size, 8))
        )


def test_what_only_looks_like_a_heap_is_left_alone():
    heaps.refuse_endless(heap((0, 0, 8), size=10**9) + b"GCOL\x01")
