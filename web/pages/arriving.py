"""Forms of pages that bring files: what was typed, and the files as uploads."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import werkzeug.datastructures

from service import errors as service_errors

from .. import forms, receiving, services, sessions

#: Files of one form; each may be as large as an upload.
_MAX_FILES = 20
_MARK = "csrf_token"
#: What is told beside the field of a file that could not be kept.
_NO_ROOM = (
    service_errors.UploadTooLarge,
    service_errors.InsufficientStorage,
    service_errors.ByteQuotaExceeded,
    service_errors.FileQuotaExceeded,
)


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What came with a form."""

    #: What was typed and chosen, without the mark of the page.
    fields: werkzeug.datastructures.MultiDict[str, str]
    #: Field to the complete uploads that its files have become.
    uploads: Mapping[str, Sequence[Any]]
    #: Field to why a file of it could not be kept; the others were.
    problems: Mapping[str, str]


def read(*, at_most: int | None = None) -> Arrived:
    """The form of this request; its files go to where uploads lie as they come in.

    Args:
        at_most: Bytes that its files may have together; as many uploads as there may be files,
            if not given.

    Raises:
        CsrfFailed: It comes from a page of somebody else; no file was kept.
        RequestEntityTooLarge: All files together are too large.
    """
    most = _MAX_FILES * services.current().settings.max_upload_bytes
    form = forms.read(at_most=most if at_most is None else at_most)
    uploads: dict[str, list[Any]] = {}
    problems: dict[str, str] = {}
    for part in form.files:
        _check(form)
        try:
            uploads.setdefault(part.name, []).append(receiving.whole_file(part))
        except _NO_ROOM as error:
            problems[part.name] = f"{part.file_name}: {error}"
    _check(form)
    fields = werkzeug.datastructures.MultiDict(
        (name, value) for name, values in form.fields.items() for value in values if name != _MARK
    )
    return Arrived(
        fields=fields,
        uploads=types.MappingProxyType(uploads),
        problems=types.MappingProxyType(problems),
    )


def _check(form: forms.Form) -> None:
    """The mark stands before the files of a form, so that it is there when the first one comes."""
    sessions.check_mark(form.fields.get(_MARK, [""])[-1])
