"""HDF5 files of models that lead elsewhere, or hold something else than plain numbers."""

import json
import struct
import zlib
from pathlib import Path

import h5py
import numpy as np

from tests.unit.core.modelfile import files

from .kinds import Traps, hostile

WEIGHT = "model_weights/conv/conv/bias:0"


def changed(path: Path, change, weights=None) -> None:
    """A good model, with something done to it."""
    files.h5(path, weights=weights)
    with h5py.File(path, "a") as file:
        change(file)


def instead(path: Path, make) -> None:
    """A good model with something in the place of one of its weights."""

    def change(file) -> None:
        del file[WEIGHT]
        make(file, WEIGHT)

    changed(path, change)


def packed(file, name: str, chunk: bytes, *, filters) -> None:
    """An array of one chunk, whose bytes are written as they are."""
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_chunk((2,))
    filters(creation)
    space = h5py.h5s.create_simple((2,))
    kind = h5py.h5t.NATIVE_FLOAT
    array = h5py.h5d.create(file.id, name.encode(), kind, space, creation)
    array.write_direct_chunk((0,), chunk)


def inflating(megabytes: int, times: int = 1) -> bytes:
    content = bytes(megabytes << 20)
    for _ in range(times):
        content = zlib.compress(content, 9)
    return content


@hostile("unsafe-file", stock="load_weights reads the other file")
def external_link(path: Path, traps: Traps) -> None:
    """A weight that is a link into another file."""
    link = h5py.ExternalLink(str(traps.decoy_hdf5), "/secret")
    instead(path, lambda file, name: file.__setitem__(name, link))


@hostile("unsafe-file")
def soft_link(path: Path, traps: Traps) -> None:
    """A weight that is a link to another one."""
    link = h5py.SoftLink("/model_weights/conv/conv/kernel:0")
    instead(path, lambda file, name: file.__setitem__(name, link))


@hostile("unsafe-file")
def soft_link_in_a_circle(path: Path, traps: Traps) -> None:
    """A link that leads to itself."""
    changed(path, lambda file: file.__setitem__("loop", h5py.SoftLink("/loop")))


@hostile("unsafe-file", stock="loads; a walker never ends")
def hard_link_in_a_circle(path: Path, traps: Traps) -> None:
    """A group that holds the root."""
    changed(path, lambda file: file["model_weights"].__setitem__("up", file["/"]))


@hostile("unsafe-file")
def weight_linked_twice(path: Path, traps: Traps) -> None:
    """One array under two names, so that a change of one would change the other."""
    instead(
        path, lambda file, name: file.__setitem__(name, file["model_weights/scores/scores/bias:0"])
    )


@hostile("unsafe-file", stock="the file's bytes become weights")
def external_storage(path: Path, traps: Traps) -> None:
    """A weight whose numbers lie in another file."""
    place = [(str(traps.decoy), 0, 8)]
    instead(path, lambda file, name: file.create_dataset(name, (2,), "f4", external=place))


@hostile("unsafe-file", stock="the environment becomes weights")
def external_storage_of_the_environment(path: Path, traps: Traps) -> None:
    """A weight whose numbers are the environment of whoever reads it."""
    place = [("/proc/self/environ", 0, 8)]
    instead(path, lambda file, name: file.create_dataset(name, (2,), "f4", external=place))


@hostile("unsafe-file", stock="load_weights reads the other file")
def virtual_array(path: Path, traps: Traps) -> None:
    """A weight put together from arrays of another file."""
    layout = h5py.VirtualLayout((2,), "f4")
    layout[:] = h5py.VirtualSource(str(traps.decoy_hdf5), "secret", shape=(2,))
    instead(path, lambda file, name: file.create_virtual_dataset(name, layout))


@hostile("unsafe-file")
def named_type(path: Path, traps: Traps) -> None:
    """A type with a name, in the place of a weight."""
    instead(path, lambda file, name: file.__setitem__(name, np.dtype("f4")))


@hostile("unsafe-file")
def array_of_a_named_type(path: Path, traps: Traps) -> None:
    """A weight whose type is kept elsewhere in the file."""

    def make(file, name: str) -> None:
        file["kind"] = np.dtype("f4")
        file.create_dataset(name, (2,), file["kind"])

    instead(path, make)


@hostile("not-hdf5")
def user_block(path: Path, traps: Traps) -> None:
    """A script of 512 bytes before the HDF5 file, which HDF5 skips."""
    with h5py.File(path, "w", userblock_size=512) as file:
        file.attrs["model_config"] = json.dumps(files.config())
        files.fill(file.create_group("model_weights"), files.arrays())
    with path.open("r+b") as file:
        file.write(b"#!/bin/sh\necho hello\n")


@hostile("too-large", stock="asks for 4 TiB")
def shape_without_end(path: Path, traps: Traps) -> None:
    """An array of 2⁴⁰ numbers, of which none is stored."""
    instead(path, lambda file, name: file.create_dataset(name, (1 << 40,), "f4"))


@hostile("too-large")
def numbers_that_were_never_written(path: Path, traps: Traps) -> None:
    """A weight that HDF5 would make up."""
    instead(path, lambda file, name: file.create_dataset(name, (2,), "f4", fillvalue=3.0))


@hostile("unsafe-file", stock="unpacks it: 13 s, 3.8 GB")
def packed_weight(path: Path, traps: Traps) -> None:
    """A packed weight of many zeros."""
    zeros = np.zeros(32 << 18, "f4")
    instead(path, lambda file, name: file.create_dataset(name, data=zeros, compression="gzip"))


@hostile("unsafe-file", stock="unpacks it")
def weight_packed_three_times(path: Path, traps: Traps) -> None:
    """A weight that unpacks to what unpacks to what unpacks."""

    def thrice(creation) -> None:
        for _ in range(3):
            creation.set_deflate(9)

    instead(path, lambda file, name: packed(file, name, inflating(64, 3), filters=thrice))


@hostile("unsafe-file", stock="asks for 1 GB to read 8 bytes")
def weight_that_over_inflates(path: Path, traps: Traps) -> None:
    """A packed chunk that holds far more than its shape."""
    deflate = lambda creation: creation.set_deflate(9)  # noqa: E731
    instead(path, lambda file, name: packed(file, name, inflating(64), filters=deflate))


@hostile("unsafe-file", stock="looks for a plug-in, which is code")
def unknown_filter(path: Path, traps: Traps) -> None:
    """A weight packed by a filter that HDF5 would load from a folder."""
    foreign = lambda creation: creation.set_filter(33333, h5py.h5z.FLAG_OPTIONAL, (1,))  # noqa: E731
    instead(path, lambda file, name: packed(file, name, bytes(8), filters=foreign))


@hostile("too-large")
def objects_without_end(path: Path, traps: Traps) -> None:
    """25,000 empty groups."""
    changed(path, lambda file: [file.create_group(f"g/{n}") for n in range(25_000)])


@hostile("unsafe-file")
def records_for_weights(path: Path, traps: Traps) -> None:
    """A weight of records."""
    instead(path, lambda file, name: file.create_dataset(name, data=np.zeros(2, "i4,f4")))


@hostile("unsafe-file")
def references_for_weights(path: Path, traps: Traps) -> None:
    """A weight of references to other objects."""
    instead(path, lambda file, name: file.create_dataset(name, (2,), h5py.ref_dtype))


@hostile("unsafe-file")
def lists_for_weights(path: Path, traps: Traps) -> None:
    """A weight of lists of any length, which lie elsewhere in the file."""
    kind = h5py.vlen_dtype(np.dtype("f4"))
    instead(path, lambda file, name: file.create_dataset(name, (2,), kind))


@hostile("unsafe-file")
def thirty_axes(path: Path, traps: Traps) -> None:
    """A weight with 30 axes."""
    instead(path, lambda file, name: file.create_dataset(name, data=np.ones((1,) * 30, "f4")))


@hostile("too-large")
def arrays_upon_each_other(path: Path, traps: Traps) -> None:
    """A thousand arrays that all lie in the same bytes: a small file, and gigabytes to read."""
    big = np.full(1 << 18, 7.5, "f4")

    def change(file) -> None:
        file["big"] = big
        for number in range(1000):
            file.create_dataset(f"unwritten/{number}", big.shape, "f4")

    changed(path, change)
    with h5py.File(path) as file:
        start = file["big"].id.get_offset()
    nowhere, here = (struct.pack("<2Q", at, big.nbytes) for at in (2**64 - 1, start))
    path.write_bytes(path.read_bytes().replace(b"\x03\x01" + nowhere, b"\x03\x01" + here))


@hostile("too-large")
def one_text_a_thousand_times(path: Path, traps: Traps) -> None:
    """A list of names that are all one text of a megabyte, which asks for gigabytes."""
    text, n_names = "n" * 1_234_567, 4000
    with h5py.File(path, "w") as file:
        kind = h5py.string_dtype()
        file.attrs["model_config"] = json.dumps(files.config())
        group = file.create_group("model_weights")
        group.attrs.create("layer_names", ["x"] * (n_names - 1) + [text], dtype=kind)
    content = path.read_bytes()
    at = content.find(struct.pack("<I", len(text)))
    while content[at - 16 : at - 12] != struct.pack("<I", 1):
        at = content.find(struct.pack("<I", len(text)), at + 1)
    reference, start = content[at : at + 16], at - 16 * (n_names - 1)
    path.write_bytes(content[:start] + reference * n_names + content[at + 16 :])


@hostile("corrupt-file")
def configuration_of_numbers(path: Path, traps: Traps) -> None:
    """A model_config that is an array of numbers."""
    changed(path, lambda file: file.attrs.__setitem__("model_config", np.arange(9)))


@hostile("corrupt-file")
def weight_name_twice(path: Path, traps: Traps) -> None:
    """A layer that lists the same weight twice."""
    names = [b"conv/bias:0", b"conv/bias:0"]
    changed(path, lambda file: file["model_weights/conv"].attrs.__setitem__("weight_names", names))


@hostile("corrupt-file")
def weight_name_that_leads_out(path: Path, traps: Traps) -> None:
    """Names of layers that lead out of the weights."""
    names = [b"../../conv", b"scores"]
    changed(path, lambda file: file["model_weights"].attrs.__setitem__("layer_names", names))


@hostile("incompatible-weights")
def weights_of_too_few_layers(path: Path, traps: Traps) -> None:
    """A model that lists fewer layers than it has."""
    changed(path, lambda file: file["model_weights"].attrs.__setitem__("layer_names", [b"conv"]))


@hostile("incompatible-weights")
def weights_of_another_shape(path: Path, traps: Traps) -> None:
    """A weight with more numbers than its layer has."""
    instead(path, lambda file, name: file.create_dataset(name, data=np.zeros(9, "f4")))


@hostile("weights-not-finite")
def nan_for_a_weight(path: Path, traps: Traps) -> None:
    """A weight that is NaN."""
    instead(path, lambda file, name: file.create_dataset(name, data=np.array([1, np.nan], "f4")))


@hostile("weights-not-finite")
def weight_too_large_for_its_type(path: Path, traps: Traps) -> None:
    """A weight of 1e300, which is infinite in float32."""
    instead(path, lambda file, name: file.create_dataset(name, data=np.array([1, 1e300])))


@hostile("corrupt-file")
def model_without_weights(path: Path, traps: Traps) -> None:
    """A configuration alone."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(files.config())


@hostile("corrupt-file")
def addresses_beyond_the_end(path: Path, traps: Traps) -> None:
    """A file whose root lies far behind its end."""
    files.h5(path)
    content = bytearray(path.read_bytes())
    content[64:72] = struct.pack("<Q", 1 << 60)
    path.write_bytes(content)
