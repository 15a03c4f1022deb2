"""Files named by their SHA-256: in a local folder, or in a bucket of an S3-compatible service."""

from pathlib import Path

from .. import errors
from ..settings import Settings
from .disks import age_of, free_bytes, full_disk_told, hash_file
from .local import LocalStorage
from .values import Keeper, Storage, Stored, Unfinished, Watch

__all__ = [
    "Keeper",
    "LocalStorage",
    "Storage",
    "Stored",
    "Unfinished",
    "Watch",
    "age_of",
    "free_bytes",
    "full_disk_told",
    "hash_file",
    "make_storage",
]


def make_storage(settings: Settings) -> Storage:
    """The storage that the settings name; nothing is connected yet.

    Raises:
        InvalidSettings: It needs boto3, which is not installed.
    """
    if not settings.storage_url.startswith("s3://"):
        return LocalStorage(Path(settings.storage_url.removeprefix("file://")))
    try:
        # Imported here because boto3 is an extra, and takes a while to load.
        from . import s3
    except ModuleNotFoundError as error:
        raise errors.InvalidSettings(
            "NETMEND_STORAGE_URL: a bucket needs boto3, which is not installed",
            variables=["NETMEND_STORAGE_URL"], hint="pip install 'netmend[s3]'",
        ) from error  # fmt: skip
    return s3.make(settings)
