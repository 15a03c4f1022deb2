"""`netmend` as people run it, and files to run it with."""

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

NETMEND = Path(sys.executable).with_name("netmend")


def netmend(*arguments, **options):
    """The finished process of one command."""
    command = [NETMEND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def write_images(path, images, labels):
    with h5py.File(path, "w") as file:
        file["data"], file["label"] = images, labels
    return path


def changed(path, source, **arrays):
    """A copy of a data set in which some arrays are others."""
    with h5py.File(source) as file:
        stored = {key: np.array(file[key]) for key in ("data", "label")}
    return write_images(path, *{**stored, **arrays}.values())


def names(folder):
    """What lies in a folder."""
    return {path.name for path in folder.iterdir()}


def processes_below(folder):
    """Processes that work in a folder or below it."""
    return [path for path in Path("/proc").glob("[0-9]*/cwd") if _leads_below(path, folder)]


def _leads_below(link, folder):
    try:
        return link.readlink().is_relative_to(folder)
    except OSError:  # it ended, or is not ours
        return False
