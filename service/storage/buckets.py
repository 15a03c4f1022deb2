"""A bucket of an S3-compatible service, and what can go wrong with it in our words."""

import base64
import contextlib
import datetime
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import botocore.loaders
import botocore.session
from boto3.s3.transfer import TransferConfig, create_transfer_manager
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError
from s3transfer.exceptions import RetriesExceededError

from core.errors import ProjectError

from .. import errors
from ..settings import Settings
from .values import Watch

#: Larger files go in parts, a few at a time: what they take of memory does not grow with the file.
LARGE_BYTES = 64 << 20
_PARTS = {
    "multipart_chunksize": 16 << 20,
    "max_concurrency": 4,
    "io_chunksize": 1 << 20,
    "max_io_queue": 16,
}
_TRANSFER = TransferConfig(multipart_threshold=LARGE_BYTES, **_PARTS)
#: A copy inside the bucket needs no parts below the most that S3 copies at once.
_COPY = TransferConfig(multipart_threshold=4 << 30, **_PARTS)
_PATIENT = Config(
    connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 4}
)
_QUICK = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})

_MISSING = {"404", "NoSuchKey", "NotFound"}
_DAMAGED = {"BadDigest", "XAmzContentChecksumMismatch", "XAmzContentSHA256Mismatch"}


class Missing(Exception):
    """There is nothing under this key; the bucket is there."""


class Exists(Exception):
    """There is something under this key already."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something in the bucket."""

    key: str
    n_bytes: int
    #: Seconds since it was written, by the clock of the service.
    age_s: float


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Parts of a file that never became one."""

    key: str
    upload_id: str
    age_s: float


class Bucket:
    """One bucket. All methods raise `errors.StorageUnavailable` when it does not do as asked."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.name = name
        self._settings = settings

    def send(self, path: Path, key: str, *, sha256: str) -> None:
        """Write a file; the service refuses it if a byte of it got lost on the way.

        Raises:
            Exists: There is something under the key, and the file is not large.
            DamagedFile: It does not hash to that.
        """
        with self._told(key):
            if path.stat().st_size > LARGE_BYTES:
                self._send_in_parts(path, key)
            else:
                self._send_new(path, key, sha256)

    def claim(self, key: str) -> None:
        """Write an empty object.

        Raises:
            Exists: There is one already.
        """
        with self._told(key):
            self._client.put_object(Bucket=self.name, Key=key, Body=b"", IfNoneMatch="*")

    def receive(self, key: str, target: Any, *, watch: Watch | None = None) -> None:
        """Read an object.

        Args:
            key: Which one.
            target: Anything with ``write``; gets the bytes in order.
            watch: Called while this takes long.

        Raises:
            Missing: There is none.
            DamagedFile: The service knows that it is damaged.
        """
        progress = None if watch is None else lambda _: watch()
        with self._told(key):
            self._client.download_fileobj(
                self.name, key, target, Callback=progress, Config=_TRANSFER
            )

    def look(self, key: str) -> Found:
        """Size and age of an object.

        Raises:
            Missing: There is none.
        """
        with self._told(key):
            head = self._client.head_object(Bucket=self.name, Key=key)
        age_s = _age_s(head["LastModified"], head)
        return Found(key=key, n_bytes=head["ContentLength"], age_s=age_s)

    def renew(self, key: str) -> None:
        """Start the age of an object afresh: the service copies it onto itself.

        Raises:
            Missing: There is none.
        """
        here = {"Bucket": self.name, "Key": key}
        with self._told(key):
            self._client.copy(
                here, self.name, key, ExtraArgs={"MetadataDirective": "REPLACE"}, Config=_COPY
            )

    def remove(self, key: str) -> None:
        """Remove an object, if it is there."""
        with self._told(key):
            self._client.delete_object(Bucket=self.name, Key=key)

    def list(self, prefix: str) -> Iterator[Found]:
        """All objects whose key begins like that."""
        with self._told(prefix):
            for page in self._pages("list_objects_v2", prefix):
                for item in page.get("Contents", ()):
                    age_s = _age_s(item["LastModified"], page)
                    yield Found(key=item["Key"], n_bytes=item["Size"], age_s=age_s)

    def list_parts(self, prefix: str) -> Iterator[Parts]:
        """Files that are being sent in parts, or were when their process died."""
        with self._told(prefix):
            for page in self._pages("list_multipart_uploads", prefix):
                for item in page.get("Uploads", ()):
                    age_s = _age_s(item["Initiated"], page)
                    yield Parts(key=item["Key"], upload_id=item["UploadId"], age_s=age_s)

    def remove_parts(self, parts: Parts) -> None:
        """Remove parts that will not become a file."""
        with self._told(parts.key), contextlib.suppress(self._client.exceptions.NoSuchUpload):
            self._client.abort_multipart_upload(
                Bucket=self.name, Key=parts.key, UploadId=parts.upload_id
            )

    def check(self) -> None:
        """Make sure that the bucket is there; quicker than the others when it is not."""
        with self._told(""):
            self._quick.head_bucket(Bucket=self.name)

    @functools.cached_property
    def _client(self) -> Any:
        return self._connect(_PATIENT)

    @functools.cached_property
    def _quick(self) -> Any:
        return self._connect(_QUICK)

    def _connect(self, limits: Config) -> Any:
        endpoint = self._settings.s3_endpoint_url or None
        region = self._settings.s3_region or ("us-east-1" if endpoint else None)
        # A service of one's own takes any region, and knows no buckets as names of hosts.
        style = Config(s3={"addressing_style": "path" if endpoint else "auto"})
        session = botocore.session.get_session()
        session.register_component("data_loader", _descriptions())
        with self._told(""):
            return boto3.session.Session(botocore_session=session).client(
                "s3", endpoint_url=endpoint, region_name=region, config=limits.merge(style)
            )

    def _send_new(self, path: Path, key: str, sha256: str) -> None:
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        with path.open("rb") as body:
            self._client.put_object(
                Bucket=self.name, Key=key, Body=body, ChecksumSHA256=checksum, IfNoneMatch="*"
            )

    def _send_in_parts(self, path: Path, key: str) -> None:
        with create_transfer_manager(self._client, _TRANSFER) as manager:
            checked = {"ChecksumAlgorithm": "SHA256"}
            manager.upload(str(path), self.name, key, extra_args=checked).result()

    def _pages(self, operation: str, prefix: str) -> Any:
        return self._client.get_paginator(operation).paginate(Bucket=self.name, Prefix=prefix)

    @contextlib.contextmanager
    def _told(self, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            raise self._of_an_answer(error, key) from error
        except FlexibleChecksumError as error:
            raise _damaged(key) from error
        except (BotoCoreError, RetriesExceededError) as error:
            raise errors.StorageUnavailable(
                f"the bucket {self.name!r} cannot be used: {_first_line(error)}", bucket=self.name
            ) from error

    def _of_an_answer(self, error: ClientError, key: str) -> Exception:
        code = str(error.response["Error"].get("Code"))
        if code in _MISSING and key and self._is_there():
            return Missing(key)
        if code == "PreconditionFailed":
            return Exists(key)
        if code in _DAMAGED:
            return _damaged(key)
        return _refused(self.name, code)

    def _is_there(self) -> bool:
        """A look at an object does not tell whether that is missing, or all of the bucket."""
        with self._told(""):
            self._client.head_bucket(Bucket=self.name)
        return True


@functools.cache
def _descriptions() -> Any:
    """What services of AWS can do, as boto3 reads it; a second client need not read it again."""
    return botocore.loaders.create_loader()


def _refused(bucket: str, code: str) -> ProjectError:
    if code in {"404", "NoSuchBucket"}:
        told = "is not there: make it, or name another one in NETMEND_STORAGE_URL"
    elif code in {"403", "AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId"}:
        told = "does not let us in: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    else:
        told = f"did not do as asked: {code}"
    return errors.StorageUnavailable(f"the bucket {bucket!r} {told}", bucket=bucket, reason=code)


def _damaged(key: str) -> errors.DamagedFile:
    return errors.DamagedFile(
        f"{key} is not what its checksum says: it was damaged on its way, or where it is kept",
        expected=key.rpartition("/")[2],
    )


def _age_s(written: datetime.datetime, answer: Any) -> float:
    """By the clock that also wrote the time: ours may differ."""
    told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    now = (
        datetime.datetime.strptime(told, "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=datetime.UTC)
        if told
        else datetime.datetime.now(datetime.UTC)
    )
    return max(0.0, (now - written).total_seconds())


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
