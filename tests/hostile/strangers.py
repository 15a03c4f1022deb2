"""Files that are no models and no data sets at all, whatever they are called."""

import gzip
import json
import pickle
from pathlib import Path

import h5py
import numpy as np

from tests.unit.core.data import files as sets
from tests.unit.core.modelfile import files

from .kinds import Traps, hostile
from .sets import LABELS, Touch


@hostile("not-hdf5")
def empty_file(path: Path, traps: Traps) -> None:
    """No bytes at all."""
    path.write_bytes(b"")


@hostile("not-hdf5")
def web_page(path: Path, traps: Traps) -> None:
    """A web page that a browser would run, called .h5."""
    path.write_text("<!DOCTYPE html><script>alert(document.cookie)</script>")


@hostile("not-hdf5")
def pickled_model(path: Path, traps: Traps) -> None:
    """A pickle that runs code when it is opened, called .h5."""
    path.write_bytes(pickle.dumps(Touch(traps.marker)))


@hostile("not-hdf5")
def packed_model(path: Path, traps: Traps) -> None:
    """A good model in gzip."""
    files.h5(path)
    path.write_bytes(gzip.compress(path.read_bytes()))


@hostile("not-hdf5")
def saved_graph(path: Path, traps: Traps) -> None:
    """The beginning of a SavedModel, which is a program."""
    path.write_bytes(b"\x08\x01\x12\x9a\x02\n\x0bsaved_model")


@hostile("not-hdf5")
def bare_configuration(path: Path, traps: Traps) -> None:
    """A configuration as JSON, called .h5."""
    path.write_text(json.dumps(files.config()))


@hostile("corrupt-file")
def bare_signature(path: Path, traps: Traps) -> None:
    """The first eight bytes of an HDF5 file."""
    path.write_bytes(b"\x89HDF\r\n\x1a\n")


@hostile("corrupt-file")
def model_cut_short(path: Path, traps: Traps) -> None:
    """Half a model."""
    content = files.h5(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])


@hostile("not-a-keras-model")
def hdf5_of_something_else(path: Path, traps: Traps) -> None:
    """An HDF5 file of measurements."""
    with h5py.File(path, "w") as file:
        file["temperature"] = np.arange(9.0)


@hostile("not-a-keras-model")
def data_set_as_a_model(path: Path, traps: Traps) -> None:
    """A data set that was uploaded as a model."""
    sets.h5(path, sets.faces(), LABELS)


@hostile("not-a-keras-model", suffix=".keras")
def pictures_as_a_model(path: Path, traps: Traps) -> None:
    """An archive of pictures that was uploaded as a model."""
    sets.zipped(path, {"cats/1.png": b"\x89PNG"})


@hostile("not-a-dataset", role="data set")
def model_as_a_data_set(path: Path, traps: Traps) -> None:
    """A model that was uploaded as a data set."""
    files.h5(path)


@hostile("not-hdf5", role="data set")
def empty_data_set(path: Path, traps: Traps) -> None:
    """A data set of no bytes at all."""
    path.write_bytes(b"")


@hostile("not-hdf5", role="data set")
def page_as_a_data_set(path: Path, traps: Traps) -> None:
    """A web page that was uploaded as a data set."""
    path.write_text("<html>")


@hostile("corrupt-file", role="data set")
def data_set_cut_short(path: Path, traps: Traps) -> None:
    """Half a data set."""
    content = sets.h5(path, sets.faces(n=600), np.arange(600)).read_bytes()
    path.write_bytes(content[: len(content) // 2])
