"""Files to the server: in parts, each sent again where it was cut off."""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import httpx

from core.errors import UnreadableFile
from service.schemas import UploadComplete, UploadCreate, UploadView

from . import errors, transport
from .transport import Transport

OnBytes = Callable[[int, int], None]

_PART_BYTES = 8 * 2**20
_BLOCK_BYTES = 2**20
#: So often in a row may no byte arrive until the upload is given up.
_MAX_CUTS = 5
_PAUSE_S = 0.5


class Uploads:
    """The uploads of a server."""

    def __init__(self, server: Transport) -> None:
        self._server = server
        self.part_bytes = _PART_BYTES
        self.pause_s = _PAUSE_S

    def send(
        self,
        path: str | Path,
        *,
        resume: str | None = None,
        on_bytes: OnBytes = lambda _sent, _total: None,
    ) -> UploadView:
        """A file, complete on the server and checked by its SHA-256.

        Args:
            path: The file.
            resume: Id of an upload of the same file that was begun earlier.
            on_bytes: Told of the bytes that have arrived, and of all.

        Raises:
            UnreadableFile: It cannot be opened.
            FileChanged: It is not the same from beginning to end.
            ServerUnreachable: The server went away and did not come back.
        """
        with _opened(Path(path)) as file:
            sha256, n_bytes = _digest(file)
            upload = self.get(resume) if resume else self._create(Path(path), n_bytes)
            self._send_rest(file, upload, n_bytes, on_bytes)
        return self._complete(upload.id, sha256)

    def get(self, upload_id: str) -> UploadView:
        """How much of an upload has arrived."""
        return self._server.get(f"/uploads/{upload_id}", UploadView)

    def _create(self, path: Path, n_bytes: int) -> UploadView:
        return self._server.post(
            "/uploads", UploadView, UploadCreate(file_name=path.name[-200:], n_bytes=n_bytes)
        )

    def _send_rest(
        self, file: BinaryIO, upload: UploadView, n_bytes: int, on_bytes: OnBytes
    ) -> None:
        """Part after part; the server's word counts for how far we are."""
        offset, cuts = upload.offset, 0
        while offset < n_bytes:
            on_bytes(offset, n_bytes)
            before = offset
            offset = self._send_part(file, upload.id, offset)
            cuts = cuts + 1 if offset <= before else 0
            if cuts > _MAX_CUTS:
                raise errors.ServerUnreachable(
                    f"the upload stays at {offset:,} of {n_bytes:,} bytes", place=upload.id
                )
            time.sleep(self.pause_s if cuts else 0)
        on_bytes(n_bytes, n_bytes)

    def _send_part(self, file: BinaryIO, upload_id: str, offset: int) -> int:
        file.seek(offset)
        part = file.read(self.part_bytes)
        if not part:
            raise errors.FileChanged(f"{file.name} became shorter while it was uploaded")
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/octet-stream"}
        try:
            response = self._server.send(
                "PATCH", f"/uploads/{upload_id}", content=part, headers=headers
            )
        except errors.ServerUnreachable:
            return self.get(upload_id).offset
        if _is_cut(response):
            return self.get(upload_id).offset
        arrived = transport.checked(response).headers.get("Upload-Offset")
        return int(arrived) if arrived else offset + len(part)

    def _complete(self, upload_id: str, sha256: str) -> UploadView:
        try:
            return self._server.post(
                f"/uploads/{upload_id}/complete", UploadView, UploadComplete(sha256=sha256)
            )
        except errors.ProblemError as error:
            if error.code != "checksum-mismatch":
                raise
            raise errors.FileChanged("the file changed while it was uploaded") from error


def _is_cut(response: httpx.Response) -> bool:
    """Whether the server has another offset, or is not there for a moment."""
    if response.status_code in (502, 503, 504):
        return True
    return response.status_code == 409 and "upload-offset-mismatch" in response.text


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UnreadableFile(
            f"{path} cannot be read: {error.strerror}", place=str(path), reason=error.strerror
        ) from error


def _digest(file: BinaryIO) -> tuple[str, int]:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest(), os.fstat(file.fileno()).st_size
