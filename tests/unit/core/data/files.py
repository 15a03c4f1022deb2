"""Writes small data sets to test with, in every form that is read."""

import io
import zipfile

import h5py
import numpy as np
from PIL import Image


def faces(*, n=6, height=5, width=4, channels=3, dtype=np.uint8):
    """Images of whole numbers in 0..255 that differ in every pixel, channels last."""
    count = n * height * width * channels
    return (np.arange(count) % 251).reshape(n, height, width, channels).astype(dtype)


def h5(path, images, labels, *, true_labels=None, **packing):
    """An HDF5 data set; `packing` goes to h5py."""
    with h5py.File(path, "w") as file:
        file.create_dataset("data", data=images, **packing)
        file.create_dataset("label", data=labels)
        if true_labels is not None:
            file.create_dataset("true_label", data=true_labels)
    return path


def picture(image, form="PNG"):
    """The bytes of a picture file."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, form)
    return buffer.getvalue()


def zipped(path, members, compression=zipfile.ZIP_DEFLATED):
    """A zip archive of names and bytes."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path
