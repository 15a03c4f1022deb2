"""The heaps in which HDF5 keeps texts, looked through before HDF5 does, which may never end."""

import mmap

from .. import errors

# "Global heap collection", version 1, in the HDF5 File Format Specification, III.E:
# signature, version, 3 bytes, size of it all; then objects: index, references, 4 bytes, size, data.
_SIGNATURE = b"GCOL\x01"
_HEADER_BYTES = _OBJECT_BYTES = 16
_ALIGNMENT = 8

Content = bytes | mmap.mmap


def refuse_endless(content: Content) -> None:
    """Raise where a heap has an object that ends where it begins, or behind the heap.

    HDF5 goes from object to object by their sizes; at one of no size it stays for ever.

    Args:
        content: Of an HDF5 file whose sizes take 8 bytes, as all do that Keras writes.

    Raises:
        CorruptFile: There is one.
    """
    start = content.find(_SIGNATURE)
    while start >= 0:
        end = start + _number(content, start + 8)
        # What is no heap but looks like one says any size; a heap that is cut off, HDF5 refuses.
        if start + _HEADER_BYTES <= end <= len(content):
            _walk(content, start + _HEADER_BYTES, end)
        start = content.find(_SIGNATURE, start + 1)


def _walk(content: Content, start: int, end: int) -> None:
    while start + _OBJECT_BYTES <= end:
        size = _number(content, start + 8)
        is_free = content[start : start + 2] == b"\0\0"
        length = size if is_free else _OBJECT_BYTES + -(-size // _ALIGNMENT) * _ALIGNMENT
        if length < _OBJECT_BYTES or start + length > end:
            raise errors.CorruptFile(
                f"the file is damaged at byte {start}: a text has the size {size}",
                place=f"byte {start}", received=size,
            )  # fmt: skip
        start += length


def _number(content: Content, start: int) -> int:
    return int.from_bytes(content[start : start + 8], "little")
