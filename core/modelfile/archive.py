"""The zip that a ``.keras`` file is: three members, of bounded size."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from .. import errors
from ..data import archives

SIGNATURE = b"PK\x03\x04"

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
_MEMBERS = frozenset({METADATA, CONFIG, WEIGHTS})
_MAX_MEMBER_BYTES = 1 << 29
#: Real weights hardly shrink; a member that shrinks more is a bomb.
_MAX_RATIO = 20
_SLACK_BYTES = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
#: The first date that a zip can say, so that the same model makes the same file.
_DATE = (1980, 1, 1, 0, 0, 0)

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, KeyError,
    IndexError,
)  # fmt: skip


def read(path: Path) -> dict[str, bytes]:
    """The three members of a ``.keras`` file, by name.

    Raises:
        NotAModel: It is a zip of something else, such as pictures.
        CorruptFile: It is damaged, or a member is missing.
        UnsafeFile: It has other members, or one that is encrypted, a link, or listed twice.
        TooLarge: A member is larger than any real model, or much larger than what is stored.
    """
    try:
        with zipfile.ZipFile(path) as zipped:
            members = _checked_members(zipped)
            archives.refuse_tricks(zipped, path.name)
            for member in members:
                _check_size(member)
            return {name: zipped.read(name) for name in sorted(_MEMBERS)}
    except _DAMAGE as error:
        raise errors.CorruptFile(
            f"the archive is truncated or damaged ({error}); fetch or save it again"
        ) from error


def packed(members: Mapping[str, bytes]) -> bytes:
    """A ``.keras`` file of the given members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name, content in members.items():
            zipped.writestr(zipfile.ZipInfo(name, _DATE), content)
    return buffer.getvalue()


def _checked_members(zipped: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = zipped.infolist()
    names = [member.filename for member in members]
    if CONFIG not in names:
        raise errors.NotAModel(
            f"the zip holds no {CONFIG}, so it is not a Keras model"
            f" (it holds {', '.join(names[:3])[:80] or 'nothing'});"
            " a data set is given as clean or poisoned images",
            expected=sorted(_MEMBERS),
        )
    others = [name for name in names if name not in _MEMBERS]
    if others or len(set(names)) < len(names):
        other = (others or names)[0][:80]
        raise errors.UnsafeFile(
            f"the archive holds {other!r}; a Keras archive holds {', '.join(sorted(_MEMBERS))},"
            " each once",
            place=other, expected=sorted(_MEMBERS),
        )  # fmt: skip
    missing = sorted(_MEMBERS - set(names))
    if missing:
        raise errors.CorruptFile(f"the archive lacks {missing[0]}", place=missing[0])
    return members


def _check_size(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _METHODS:
        raise errors.UnsafeFile(
            f"{member.filename} is encrypted or packed in a way that Keras never uses",
            place=member.filename,
        )
    most = min(_MAX_MEMBER_BYTES, _MAX_RATIO * member.compress_size + _SLACK_BYTES)
    if member.file_size > most:
        raise errors.TooLarge(
            f"{member.filename} unpacks to {member.file_size} bytes; at most {most} are read",
            place=member.filename, expected=most, received=member.file_size,
        )  # fmt: skip
