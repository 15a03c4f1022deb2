"""Checked reading of HDF5: plain numbers in plain groups, and nothing that leads elsewhere."""

import contextlib
import io
import math
import mmap
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# HDF5 would load filter plug-ins, which are code, from a folder; this switches that off.
# It only works before HDF5 starts.
os.environ["HDF5_PLUGIN_PRELOAD"] = "::"

import h5py
import numpy as np
import numpy.typing as npt

from .. import errors
from . import heaps
from .description import Shape

SIGNATURE = b"\x89HDF\r\n\x1a\n"

_MAX_OBJECTS = 20_000
_MAX_RANK = 8
_MAX_ATTRIBUTE_ITEMS = 20_000
_MAX_ATTRIBUTE_BYTES = 4 << 20
_NUMBERS = (h5py.h5t.INTEGER, h5py.h5t.FLOAT)
_PLAIN_LAYOUTS = (h5py.h5d.COMPACT, h5py.h5d.CONTIGUOUS)

#: What HDF5 says when it asks for more memory than there is.
_OUT_OF_MEMORY = "memory allocation failed"
#: What h5py raises on a damaged file.
_DAMAGE = (
    OSError, RuntimeError, KeyError, ValueError, TypeError, AttributeError,
    IndexError, ArithmeticError, SystemError,
)  # fmt: skip


@contextlib.contextmanager
def opened(source: Path | io.BytesIO, size: int) -> "Iterator[Hdf5File]":
    """An HDF5 file whose root can be looked at; `Hdf5File.check` comes before everything else.

    Args:
        source: A path, or the bytes of a file.
        size: Number of bytes of the file; no array can declare more.

    Raises:
        CorruptFile: The file is truncated or damaged.
    """
    with _damage_reported("/"):
        _refuse_endless_heaps(source)
        file = h5py.File(source, "r")
    try:
        yield Hdf5File(file, size)
    finally:
        with _damage_reported("/"):
            file.close()


def _refuse_endless_heaps(source: Path | io.BytesIO) -> None:
    if isinstance(source, io.BytesIO):
        heaps.refuse_endless(source.getvalue())
        return
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        heaps.refuse_endless(content)


def packed(fill: Callable[[Any], None]) -> bytes:
    """The bytes of a new HDF5 file.

    They are made in memory: HDF5 may take the process down when a disk is full.

    Args:
        fill: Puts groups, arrays and attributes into the open file.
    """
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file)
    return buffer.getvalue()


class Hdf5File:
    """An open HDF5 file; paths have no leading slash and the root is the empty path."""

    def __init__(self, file: Any, size: int) -> None:
        self._file = file
        self._size = size
        self._arrays: dict[str, Any] = {}

    def root_names(self) -> frozenset[str]:
        """Names at the root; nothing is opened."""
        with _damage_reported("/"):
            _check_count(len(self._file))
            return frozenset(self._file)

    def has_attribute(self, path: str, name: str) -> bool:
        """Whether a group has the attribute."""
        with _damage_reported(f"/{path}"):
            return bool(h5py.h5a.exists(self._group(path).id, name.encode()))

    def has_group(self, path: str) -> bool:
        """Whether there is a group at the path."""
        with _damage_reported(f"/{path}"):
            return path in self._file and isinstance(self._file[path], h5py.Group)

    def check(self) -> None:
        """Walk the whole file once.

        Raises:
            UnsafeFile: It has links other than hard ones, an object that is linked twice, or an
                array that is stored elsewhere, computed, compressed, or not of numbers.
            TooLarge: It has too many objects, or an array declares more than is stored.
            CorruptFile: It is damaged.
        """
        with _damage_reported("/"):
            self._arrays = dict(_checked_arrays(self._file, self._size))

    @property
    def paths(self) -> frozenset[str]:
        """Paths of all arrays."""
        return frozenset(self._arrays)

    def shape(self, path: str) -> Shape | None:
        """Shape of the array at a path; ``None`` where there is none."""
        return tuple(self._arrays[path].shape) if path in self._arrays else None

    def array(self, path: str, dtype: str) -> npt.NDArray[np.generic]:
        """The array at a path as ``dtype``; a number that does not fit becomes infinite."""
        with _damage_reported(f"/{path}"), np.errstate(all="ignore"):
            return np.asarray(self._arrays[path][()]).astype(dtype)

    def text(self, path: str, name: str) -> str | None:
        """A text attribute; ``None`` where there is none."""
        if not self.has_attribute(path, name):
            return None
        items = self._strings(path, name)
        if len(items) != 1:
            raise _corrupt(f"/{path}", f"attribute {name!r} is not one text")
        return items[0]

    def names(self, path: str, name: str) -> tuple[str, ...]:
        """A list of names; Keras splits a long one over ``name0``, ``name1`` and so on."""
        if self.has_attribute(path, name):
            return self._strings(path, name)
        found: list[str] = []
        part = 0
        while self.has_attribute(path, f"{name}{part}"):
            found += self._strings(path, f"{name}{part}")
            part += 1
        return tuple(found)

    def _group(self, path: str) -> Any:
        return self._file[path] if path else self._file

    def _strings(self, path: str, name: str) -> tuple[str, ...]:
        with _damage_reported(f"/{path}"):
            attribute = h5py.h5a.open(self._group(path).id, name.encode())
            n_items = math.prod(attribute.shape)
            kind = attribute.get_type()
            if n_items == 0:  # Keras writes an empty list of names as an empty list of numbers
                return ()
            _check_attribute(f"/{path}@{name}", attribute.shape, n_items * kind.get_size())
            if kind.get_class() != h5py.h5t.STRING:
                raise _corrupt(f"/{path}", f"attribute {name!r} is not text")
            value = self._group(path).attrs[name]
            return tuple(_decoded(item) for item in np.asarray(value, dtype=object).ravel())


def _checked_arrays(file: Any, size: int) -> Iterator[tuple[str, Any]]:
    seen, declared = {_address(file, b".")}, 0
    todo: list[tuple[str, Any]] = [("", file)]
    while todo:
        prefix, group = todo.pop()
        _check_count(len(seen) + len(group))
        for name in group:
            path = f"{prefix}{name}"
            _check_link(group, name, path)
            address = _address(group, name.encode(errors="surrogateescape"))
            if address in seen:
                raise _unsafe(path, "is linked twice")
            seen.add(address)
            item = group[name]
            if isinstance(item, h5py.Group):
                todo.append((f"{path}/", item))
            else:
                declared += _check_array(path, item)
                _check_fits(path, declared, size)
                yield path, item


def _address(group: Any, name: bytes) -> tuple[int, int]:
    info = h5py.h5o.get_info(group.id, name)
    return info.fileno, info.addr


def _check_count(count: int) -> None:
    if count > _MAX_OBJECTS:
        raise errors.TooLarge(
            f"the file has more than {_MAX_OBJECTS} objects", expected=_MAX_OBJECTS, place="/"
        )


def _check_link(group: Any, name: str, path: str) -> None:
    link = group.get(name, getlink=True)
    if type(link) is not h5py.HardLink:
        raise _unsafe(path, f"is a link ({type(link).__name__}), which is never followed")


def _check_array(path: str, item: Any) -> int:
    """Raise where it is no plain array; otherwise its bytes."""
    if not isinstance(item, h5py.Dataset):
        raise _unsafe(path, f"is a {type(item).__name__}, neither a group nor an array")
    creation = item.id.get_create_plist()
    if creation.get_external_count():
        raise _unsafe(path, "is stored in another file")
    if creation.get_layout() not in _PLAIN_LAYOUTS or creation.get_nfilters():
        raise _unsafe(
            path, "is chunked, compressed or virtual, which Keras never writes; save it with Keras"
        )
    kind = item.id.get_type()
    if kind.get_class() not in _NUMBERS or kind.get_size() > 8:
        raise _unsafe(path, "does not hold plain numbers")
    return _check_stored(path, item)


def _check_stored(path: str, item: Any) -> int:
    if item.shape is None or len(item.shape) > _MAX_RANK:
        raise _unsafe(path, "has no shape that a weight can have")
    size: int = item.id.get_type().get_size()
    declared = math.prod(int(length) for length in item.shape) * size
    stored = item.id.get_storage_size()
    if stored != declared:
        raise errors.TooLarge(
            f"/{path} declares {declared} bytes, but {stored} are stored",
            place=f"/{path}", expected=declared, received=stored,
        )  # fmt: skip
    return declared


def _check_fits(path: str, declared: int, size: int) -> None:
    """Arrays may lie upon each other, and then a small file holds as much as one likes."""
    if declared > size:
        raise errors.TooLarge(
            f"the arrays up to /{path} take {declared} bytes of a file of {size}",
            place=f"/{path}", expected=size, received=declared,
        )  # fmt: skip


def _check_attribute(place: str, shape: Shape, n_bytes: int) -> None:
    too_many = math.prod(shape) > _MAX_ATTRIBUTE_ITEMS
    if len(shape) > 1 or too_many or n_bytes > _MAX_ATTRIBUTE_BYTES:
        raise errors.TooLarge(f"the attribute {place} is too large", place=place)


def _decoded(item: object) -> str:
    text = item.decode("utf-8") if isinstance(item, bytes) else str(item)
    text.encode("utf-8")  # h5py lets broken text through as surrogates
    return text


def _unsafe(path: str, what: str) -> errors.UnsafeFile:
    return errors.UnsafeFile(f"/{path[:200]} {what}", place=f"/{path[:200]}")


def _corrupt(place: str, what: str) -> errors.CorruptFile:
    return errors.CorruptFile(f"the file is damaged at {place}: {what}", place=place)


@contextlib.contextmanager
def _damage_reported(place: str) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise errors.TooLarge(f"what stands at {place} does not fit", place=place) from error
    except _DAMAGE as error:
        if _OUT_OF_MEMORY in str(error):
            raise errors.TooLarge(f"what stands at {place} does not fit", place=place) from error
        raise errors.CorruptFile(
            f"the file is truncated or damaged at {place} ({error}); fetch or save it again",
            place=place,
        ) from error
