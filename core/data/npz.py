"""Images in numpy's .npz archives; objects in them are never unpickled."""

import tokenize
import zipfile
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from .. import errors
from . import archives, contents, layouts, pixels
from .contents import Contents
from .images import ImageArray
from .layouts import Layout

_SUFFIX = ".npy"
#: Length of the text that describes an array; numpy's own are below 200.
_MAX_HEADER = 4096
#: Of one axis.
_MAX_LENGTH = 1 << 40
#: What numpy raises about a header that is damaged, or nested to exhaust whoever reads it.
_DAMAGE = (
    SyntaxError, TypeError, ValueError, tokenize.TokenError, RecursionError, MemoryError,
    OverflowError,
)  # fmt: skip


def read(archive: zipfile.ZipFile, *, layout: Layout, labelled: bool, name: str) -> Contents:
    """What an .npz file of images holds.

    Raises:
        CorruptFile: It is truncated or damaged.
        NotADataset: The arrays that are looked for are not there.
        UnsafeFile: It holds pickled objects.
        TooLarge: It declares far more than it can hold.
        InvalidDataset: The arrays are not images and labels.
    """
    present = [
        member.removesuffix(_SUFFIX) for member in archive.namelist() if member.endswith(_SUFFIX)
    ]
    keys = contents.find_keys(present, labelled=labelled, name=name)
    return Contents(
        source=NpzSource(NpyMember(archive, keys.images, name), layout=layout, name=name),
        label_key=keys.labels or "",
        labels=_all_of(archive, keys.labels, name),
        true_labels=_all_of(archive, keys.true_labels, name),
    )


def is_npz(archive: zipfile.ZipFile) -> bool:
    """Whether there is an array among the members."""
    return any(member.endswith(_SUFFIX) for member in archive.namelist())


class NpyMember:
    """One array in an archive, read row by row."""

    def __init__(self, archive: zipfile.ZipFile, key: str, name: str) -> None:
        self._what = f"{name}: {key!r}"
        with archives.corrupt(self._what):
            self._stream = archive.open(key + _SUFFIX)
            self.shape, self.dtype = _header(self._stream, self._what)
            self._offset = self._stream.tell()
        self._row_bytes = contents.n_bytes(self.shape[1:], self.dtype)
        self._refuse_length(archive.getinfo(key + _SUFFIX).file_size)

    def rows(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Rows ``start`` to ``stop - 1``; going back unpacks from the beginning again."""
        count = (stop - start) * self._row_bytes
        with archives.corrupt(self._what):
            self._stream.seek(self._offset + start * self._row_bytes)
            packed = self._stream.read(count)
        if len(packed) != count:
            raise errors.CorruptFile(
                f"{self._what} ends too soon", expected=count, received=len(packed)
            )
        return np.frombuffer(packed, self.dtype).reshape(stop - start, *self.shape[1:])

    def _refuse_length(self, member_bytes: int) -> None:
        declared = self._offset + contents.n_bytes(self.shape, self.dtype)
        if member_bytes != declared:
            raise errors.CorruptFile(
                f"{self._what} declares {declared} bytes and has {member_bytes}",
                expected=declared, received=member_bytes,
            )  # fmt: skip


class NpzSource:
    """Images in an .npz archive, as a `Source`."""

    def __init__(self, member: NpyMember, *, layout: Layout, name: str) -> None:
        self.layout = layouts.found(member.shape, layout, name=name)
        self.shape = layouts.image_shape(member.shape, self.layout)
        self.dtype = member.dtype
        self._member = member
        self._name = name

    def read(self, start: int, stop: int) -> ImageArray:
        """As `Source.read`; fast in order, slow at random."""
        stored = self._member.rows(start, stop)
        pixels.refuse_not_finite(stored, first=start, name=self._name)
        return layouts.channels_last(stored, self.layout)


def _all_of(archive: zipfile.ZipFile, key: str | None, name: str) -> npt.NDArray[Any] | None:
    if key is None:
        return None
    member = NpyMember(archive, key, name)
    if not member.shape:
        raise errors.InvalidDataset(f"{name}: {key!r} is a single number, not a list of labels")
    return member.rows(0, member.shape[0])


def _header(stream: IO[bytes], what: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise errors.UnsupportedFormat(f"{what} is in .npy version {version}; read are 1.0 and 2.0")
    try:
        shape, fortran_order, dtype = read_header(stream, max_header_size=_MAX_HEADER)
    except _DAMAGE as error:
        # numpy goes on with advice, such as to trust the file, which nobody should take.
        reason = str(error).partition("\n")[0]
        raise errors.CorruptFile(f"{what} has a damaged header: {reason}") from error
    if any(type(length) is not int or not 0 <= length <= _MAX_LENGTH for length in shape):
        raise errors.CorruptFile(f"{what} has a damaged header: no array has the shape {shape}")
    contents.refuse_dtype(dtype, what=what)
    if fortran_order and len(shape) > 1:
        raise errors.InvalidDataset(
            f"{what} is stored column by column (Fortran order); "
            "store numpy.ascontiguousarray(images)",
            expected="C order", received="Fortran order",
        )  # fmt: skip
    return shape, dtype
