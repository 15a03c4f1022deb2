"""This machine: what it locks children up with, and what they can work on."""

import importlib.metadata
import tempfile
from pathlib import Path

import numpy as np

from core import children

from .. import devices
from . import findings
from .findings import Finding


def sandbox() -> Finding:
    """Whether a child can be locked up here; one is started, as for an upload.

    Raises:
        ChildFailed: It did not come to its end.
        SandboxMissing: It cannot, and has to be.
    """
    with tempfile.TemporaryDirectory() as name:
        upload = Path(name, "images.npz")
        np.savez(upload, data=np.zeros((1, 4, 4, 3)), label=[0])
        facts = children.ingest_images(upload, Path(name, "canonical"))
    state = facts["sandbox"]
    missing = [part for part, found in _PARTS.items() if not state[found]]
    if missing:
        mend = (
            "use a Linux kernel from 5.13 on, and a container that allows both; "
            "NETMEND_REQUIRE_SANDBOX=1 refuses to work like that"
        )
        told = f"uploads are checked, and jobs done, without {' and '.join(missing)}"
        return findings.warning("sandbox", told, mend=mend)
    return findings.ok("sandbox", f"Landlock {state['landlock_abi']} and seccomp")


def gpu() -> Finding:
    """Which GPU a worker that is started here would see."""
    found = devices.visible()
    if found == devices.CPU:
        return findings.ok("GPU", "none is seen here: work is done on the processor")
    if _is_installed("tensorflow-cpu"):
        mend = "make clean, then make GPU=1 setup"
        return findings.warning("GPU", f"{found}, but TensorFlow is the one for CPUs", mend=mend)
    return findings.ok("GPU", found)


_PARTS = {"Landlock": "landlock_abi", "seccomp": "seccomp"}


def _is_installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
