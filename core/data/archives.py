"""Zip archives, with limits: what they declare is checked before anything is unpacked."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path, PurePosixPath

from .. import errors
from . import contents

#: Of an archive, and of one without members.
SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")

_MAX_MEMBERS = 2_000_000
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def open_archive(path: Path, *, name: str) -> zipfile.ZipFile:
    """A zip archive whose declared size, packing and names are within limits.

    Raises:
        CorruptFile: It is truncated or damaged.
        UnsafeFile: It has encrypted members, two of one name, or what `refuse_tricks` refuses.
        UnsupportedFormat: A member is packed in another way than deflate.
        TooLarge: It has too many members, or declares to unpack to too much.
    """
    with corrupt(name):
        archive = zipfile.ZipFile(path)
    members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        raise errors.TooLarge(
            f"{name} has {len(members)} members; the limit is {_MAX_MEMBERS}",
            expected=_MAX_MEMBERS, received=len(members),
        )  # fmt: skip
    if len({member.filename for member in members}) != len(members):
        raise errors.UnsafeFile(f"{name} has two members of one name")
    refuse_tricks(archive, name)
    for member in members:
        _refuse_packing(member, name)
    contents.refuse_bomb(
        unpacked_bytes=sum(member.file_size for member in members),
        stored_bytes=path.stat().st_size,
        what=name,
    )
    return archive


@contextmanager
def corrupt(name: str) -> Iterator[None]:
    """Turn what zipfile raises about a damaged archive into `CorruptFile`."""
    try:
        yield
    except _DAMAGE as error:
        raise errors.CorruptFile(
            f"{name} is truncated or damaged: {error}", library="zipfile", reason=str(error)
        ) from error


def refuse_tricks(archive: zipfile.ZipFile, name: str) -> None:
    """Raise where members are no plain files side by side.

    Raises:
        UnsafeFile: A member is a link, has a name that leads elsewhere or that no file should
            have, or shares its bytes with another one.
    """
    for member in archive.infolist():
        place = member.filename[:200]
        what = f"{name}: {place!r}"
        if stat.S_ISLNK(member.external_attr >> 16):
            raise errors.UnsafeFile(f"{what} is a link, which is never followed", place=place)
        path = PurePosixPath(member.filename)
        if (
            not path.name
            or path.is_absolute()
            or ".." in path.parts
            or not member.filename.isprintable()
        ):
            raise errors.UnsafeFile(f"{what} has a name that is never used", place=place)
    _refuse_shared_bytes(archive, name)


def _refuse_shared_bytes(archive: zipfile.ZipFile, name: str) -> None:
    """Members over the same bytes are how a small archive unpacks without end."""
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    for member, following in pairwise(members):
        if member.header_offset + member.compress_size >= following.header_offset:
            raise errors.UnsafeFile(
                f"{name}: {following.filename[:200]!r} shares its bytes with another member",
                place=following.filename[:200],
            )


def _refuse_packing(member: zipfile.ZipInfo, name: str) -> None:
    what = f"{name}: {member.filename!r}"
    if member.flag_bits & 1:
        raise errors.UnsafeFile(f"{what} is encrypted; pack the files without a password")
    if member.compress_type not in _METHODS:
        raise errors.UnsupportedFormat(
            f"{what} is packed with method {member.compress_type}; use stored or deflate",
            expected=list(_METHODS), received=member.compress_type,
        )  # fmt: skip
    contents.refuse_bomb(
        unpacked_bytes=member.file_size, stored_bytes=member.compress_size, what=what
    )
