"""Files that come in: in parts to an upload, or whole in a form."""

import contextlib
from typing import Any

from service import errors as service_errors
from service import uploads
from service.uploads import Limits

from . import forms, reading, security, services
from .forms import FilePart, Form

#: What the field of a form that holds the file is called.
_FILE = "file"
_MAX_NAME = 200


def owner_id() -> str:
    """Whose the files of this request are."""
    return security.caller().user_id


def limits() -> Limits:
    """How large an upload may become."""
    settings = services.current().settings
    return Limits(max_bytes=settings.max_upload_bytes, min_free_bytes=settings.min_free_bytes)


def count() -> None:
    """Count that somebody brings a file.

    Raises:
        RateLimited: They do it too often.
    """
    services.current().rates.count("upload", owner_id())


def whole_file(part: FilePart) -> Any:
    """A file of a form as a complete upload.

    It goes to where uploads lie as it comes in; nothing is left of it if it does not arrive.

    Raises:
        UploadTooLarge: It is larger than it may be.
        InsufficientStorage: There is no room for it.
        ByteQuotaExceeded: Its owner keeps as many bytes as a user may keep.
        FileQuotaExceeded: Its owner keeps as many files as a user may keep.
        RateLimited: Its owner sends files too often.
    """
    count()
    folder, held = services.current().settings.upload_folder, services.current()
    with services.session() as session:
        upload = uploads.create(
            session,
            owner_id(),
            _label(part.file_name),
            max_bytes=held.settings.max_upload_bytes,
        )
    with contextlib.ExitStack() as undo:
        undo.callback(forget, upload)
        uploads.append(folder, upload, part.stream, start=0, limits=limits())
        completed = complete(upload)
        undo.pop_all()
    return completed


def complete(upload: Any, *, sha256: str | None = None) -> Any:
    """An upload of which all has arrived, in storage.

    The bytes are stored outside of any session: to hash a large file takes a while.
    """
    held = services.current()
    folder = held.settings.upload_folder
    stored = uploads.store(folder, held.storage, upload, sha256=sha256)
    with services.session() as session:
        completed = uploads.complete(session, upload.id, stored)
    uploads.discard(folder, completed)
    return completed


def forget(upload: Any) -> None:
    """An upload that is not wanted any more."""
    with services.session() as session:
        uploads.delete(session, upload.id)
    uploads.discard(services.current().settings.upload_folder, upload)


def one_file(schema: type[reading.Schema]) -> reading.Schema:
    """What a form with one file asks for, the file being a complete upload.

    Args:
        schema: Of the fields; it has an ``upload_id``, which is that of the file.

    Raises:
        InvalidRequest: There is no file, or more than one; or a field does not fit.
    """
    form = forms.read(at_most=services.current().settings.max_upload_bytes)
    return _fields(schema, form, files(form, at_most=1)[0])


def files(form: Form, *, at_most: int) -> list[Any]:
    """The files of a form as complete uploads; its fields are known then.

    Raises:
        InvalidRequest: There are none, or more than so many, or one is of another field.
    """
    received: list[Any] = []
    for part in form.files:
        if part.name != _FILE:
            raise _wrong(part.name, f"a file belongs into the field {_FILE!r}")
        if len(received) == at_most:
            raise _wrong(_FILE, f"at most {at_most} at a time")
        received.append(whole_file(part))
    if not received:
        raise _wrong(_FILE, "is missing")
    return received


def _fields(schema: type[reading.Schema], form: Form, upload: Any) -> reading.Schema:
    with contextlib.ExitStack() as undo:
        undo.callback(forget, upload)
        checked = reading.form(schema, {**form.fields, "upload_id": [upload.id]})
        undo.pop_all()
    return checked


def _label(file_name: str) -> str:
    """What people call the file; of a name that is no text, what can be read of it."""
    label = "".join(character for character in file_name if character.isprintable())
    return label[-_MAX_NAME:].strip() or "upload"


def _wrong(name: str, detail: str) -> service_errors.InvalidRequest:
    return service_errors.InvalidRequest(
        f"#/{name}: {detail}", errors=[{"pointer": f"#/{name}", "detail": detail}]
    )
