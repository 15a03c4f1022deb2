"""The folders, disks and buckets that an installation writes to."""

import io
import secrets
import tempfile
from pathlib import Path

import psutil

from .. import errors, storage
from ..settings import Settings
from ..storage import Storage
from . import findings
from .findings import Finding

#: What Linux calls file systems that lie on another machine.
_NETWORK = {
    "9p", "afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "gpfs",
    "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs",
}  # fmt: skip
_OTHERS = 0o007
_GIB = 2**30


def state_folder(settings: Settings) -> Finding:
    """Whether the state folder can be written, by us alone."""
    part, folder = "state folder", settings.state_folder
    if not folder.exists():
        mend = "'netmend up' makes it; or name another one in NETMEND_STATE_FOLDER"
        return findings.warning(part, f"{folder} is not there yet", mend=mend)
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"netmend")
    except OSError as error:
        mend = "let this user write there, or name another folder in NETMEND_STATE_FOLDER"
        return findings.failed(part, f"{folder} cannot be written: {error.strerror}", mend=mend)
    if folder.stat().st_mode & _OTHERS:
        mend = f"chmod o= {folder}"
        return findings.warning(part, f"{folder} is open to everybody on this machine", mend=mend)
    return findings.ok(part, str(folder))


def room(settings: Settings) -> Finding:
    """Whether uploads still have room beside what has to stay free."""
    part, least = "room on the disk", settings.min_free_bytes
    folders = (settings.state_folder, _folder(settings))
    free = min(storage.free_bytes(folder) for folder in folders if folder is not None)
    told = f"{free / _GIB:.1f} GiB are free, and {least / _GIB:.1f} GiB have to stay free"
    if free < least:
        return findings.broken(part, errors.InsufficientStorage(told))
    if free < 2 * least:
        return findings.warning(part, told, mend="make room soon; 'netmend gc' may free some")
    return findings.ok(part, told)


def files(kept: Storage, settings: Settings) -> Finding:
    """Whether a file can be stored, comes back as it was, and can be removed.

    Raises:
        StorageUnavailable: The storage is away, or does not let us in.
        ChecksumMismatch: Something else came back.
    """
    folder = _folder(settings)
    if folder is not None and not folder.exists():
        mend = "it is made with the first upload; or name another place in NETMEND_STORAGE_URL"
        return findings.warning("storage", f"{folder} is not there yet", mend=mend)
    content = b"netmend doctor " + secrets.token_bytes(16)
    kept.check()  # which says sooner that it is away
    stored = kept.put(io.BytesIO(content))
    try:
        with kept.open(stored.sha256) as stream:
            stream.read()
        kept.verify(stored.sha256)
    finally:
        kept.delete(stored.sha256)
    return findings.ok("storage", f"{settings.storage_url}: a file came back as it was")


def network_disk(folder: Path) -> str | None:
    """What Linux calls the disk of a folder, if that is on another machine."""
    place = folder.resolve()
    mounts = {Path(each.mountpoint): each.fstype for each in psutil.disk_partitions(all=True)}
    kind = next((mounts[each] for each in (place, *place.parents) if each in mounts), None)
    return kind if kind in _NETWORK else None


def _folder(settings: Settings) -> Path | None:
    """Where files are kept, unless that is a bucket."""
    url = settings.storage_url
    return None if url.startswith("s3://") else Path(url.removeprefix("file://"))
