"""A zip of class folders: one folder a class, pictures in it."""

import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath

import numpy as np

from .. import errors
from . import archives, contents, pictures
from .contents import Contents
from .pictures import Picture, PictureSource

#: Files that operating systems leave in folders.
_LITTER = ("thumbs.db", "desktop.ini", "__macosx")
#: Members of a `.keras` file.
_MODEL_MARKS = {"config.json", "model.weights.h5"}


def read(archive: zipfile.ZipFile, *, labelled: bool = True, name: str) -> Contents:
    """What a zip of class folders holds.

    Folders in sorted order are class 0, 1, …, unless all are named by whole numbers: those are
    the classes then.

    Args:
        archive: Open.
        labelled: Whether the folders are classes; if not, the pictures may lie anywhere.
        name: What to call it in errors.

    Raises:
        NotADataset: The pictures do not lie in class folders, or there is something else.
        InvalidDataset: The pictures differ in size or cannot be used.
        CorruptFile: A picture is damaged.
        TooLarge: The pictures are far larger than their files.
    """
    members = sorted(_members(archive, name), key=lambda member: member.filename)
    for member in members:
        _refuse_no_picture(member, name)
    if not labelled:
        return Contents(source=_source(archive, members, name), label_key="", labels=None)
    folders = [_class_folder(member, name) for member in members]
    _refuse_scattered(folders, name)
    labels = _labels_of({folder.name for folder in folders})
    names_are_labels = set(labels) == {str(label) for label in labels.values()}
    return Contents(
        source=_source(archive, members, name),
        label_key="folder",
        labels=np.array([labels[folder.name] for folder in folders]),
        class_names=None if names_are_labels else tuple(labels),
    )


def _source(
    archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], name: str
) -> PictureSource:
    source = PictureSource([_picture(archive, member, name) for member in members])
    contents.refuse_bomb(
        unpacked_bytes=contents.n_bytes(source.shape, source.dtype),
        stored_bytes=sum(member.compress_size for member in members),
        what=name,
    )
    return source


def _members(archive: zipfile.ZipFile, name: str) -> Sequence[zipfile.ZipInfo]:
    if _MODEL_MARKS & set(archive.namelist()):
        raise errors.NotADataset(
            f"{name} looks like a Keras model (a .keras file), not like a data set",
            received=sorted(_MODEL_MARKS & set(archive.namelist())),
        )
    members = [member for member in archive.infolist() if not _is_litter(member)]
    if not members:
        raise errors.NotADataset(f"{name} holds no pictures", expected="pictures in class folders")
    return members


def _is_litter(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return member.is_dir() or any(part.startswith(".") or part.lower() in _LITTER for part in parts)


def _refuse_no_picture(member: zipfile.ZipInfo, name: str) -> None:
    suffix = PurePosixPath(member.filename).suffix
    if suffix.lower() not in pictures.SUFFIXES:
        raise errors.NotADataset(
            f"{name}: {member.filename!r} is no picture; a zip data set holds class folders "
            f"with {', '.join(pictures.SUFFIXES)} files and nothing else",
            place=member.filename, expected=list(pictures.SUFFIXES), received=suffix,
        )  # fmt: skip


def _class_folder(member: zipfile.ZipInfo, name: str) -> PurePosixPath:
    path = PurePosixPath(member.filename)
    if len(path.parts) < 2:
        raise errors.NotADataset(
            f"{name}: {member.filename!r} lies in no folder; "
            "put each picture into a folder named for its class",
            place=member.filename,
        )
    return path.parent


def _refuse_scattered(folders: Sequence[PurePosixPath], name: str) -> None:
    places = sorted({str(folder.parent) for folder in folders})
    if len(places) > 1:
        raise errors.NotADataset(
            f"{name}: class folders lie in several places ({', '.join(places[:4])}); "
            "put all of them side by side",
            received=places[:4],
        )


def _labels_of(names: set[str]) -> Mapping[str, int]:
    if all(name.isascii() and name.isdigit() for name in names):
        return {name: int(name) for name in sorted(names)}
    return {name: label for label, name in enumerate(sorted(names))}


def _picture(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Picture:
    pictures.refuse_large_file(member.file_size, member.filename)
    return Picture(f"{name}: {member.filename}", partial(_member_bytes, archive, member))


def _member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archives.corrupt(member.filename):
        return archive.read(member)
