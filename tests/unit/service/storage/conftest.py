"""Each test of storage runs on a folder and on a bucket, but where it is about one of them."""

from tests.stores import (
    kept,
    local_storage_settings,
    s3_storage_settings,
    storage_settings,
    store,
    store_server,
)

__all__ = [
    "kept",
    "local_storage_settings",
    "s3_storage_settings",
    "storage_settings",
    "store",
    "store_server",
]
