import io
import os

import h5py
import numpy as np
import pytest

from core import errors
from core.modelfile import hdf5

SOURCE = h5py.VirtualSource("other.h5", "data", shape=(4,))


def packed(fill):
    return io.BytesIO(hdf5.packed(fill))


def checked(stream):
    with hdf5.opened(stream, len(stream.getvalue())) as file:
        file.check()


def external(file):
    file.create_dataset("a", (4,), "f4", external=[("secret.bin", 0, 16)])


def virtual(file):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = SOURCE
    file.create_virtual_dataset("a", layout)


def twice(file):
    file["a"] = np.zeros(3, "f4")
    file["b"] = file["a"]


def circle(file):
    file.create_group("a")["up"] = file["/"]


def declared_only(file):
    file.create_dataset("a", (1 << 40,), "f4")


UNSAFE = {
    "soft link": (lambda file: file.__setitem__("a", h5py.SoftLink("/b")), "SoftLink"),
    "external link": (
        lambda file: file.__setitem__("a", h5py.ExternalLink("x.h5", "/b")),
        "ExternalLink",
    ),
    "external storage": (external, "another file"),
    "virtual": (virtual, "virtual"),
    "compressed": (
        lambda file: file.create_dataset("a", data=np.zeros(9), compression="gzip"),
        "compressed",
    ),
    "chunked": (lambda file: file.create_dataset("a", data=np.zeros(9), chunks=(3,)), "chunked"),
    "two hard links": (twice, "linked twice"),
    "a circle": (circle, "linked twice"),
    "text": (lambda file: file.create_dataset("a", data=b"text"), "plain numbers"),
    "a record": (
        lambda file: file.create_dataset("a", data=np.zeros(2, "i4,f4")),
        "plain numbers",
    ),
    "a named type": (lambda file: file.__setitem__("a", np.dtype("f4")), "neither a group"),
}


@pytest.mark.parametrize(("fill", "words"), UNSAFE.values(), ids=UNSAFE)
def test_what_is_not_plain_numbers_in_this_file_is_refused(fill, words):
    with pytest.raises(errors.UnsafeFile, match=words) as caught:
        checked(packed(fill))
    assert str(caught.value.details["place"]).startswith("/")


def test_an_array_that_declares_more_than_it_stores_is_refused():
    with pytest.raises(errors.TooLarge, match="/a declares 4398046511104 bytes, but 0 are stored"):
        checked(packed(declared_only))


def test_too_many_objects_are_refused():
    with pytest.raises(errors.TooLarge, match="objects"):
        checked(packed(lambda file: [file.create_group(str(n)) for n in range(20_001)]))


def test_plain_arrays_are_found_with_their_shapes_and_values():
    stream = packed(lambda file: file.create_dataset("a/b", data=np.arange(6).reshape(2, 3)))
    with hdf5.opened(stream, 10_000) as file:
        file.check()
        assert file.paths == {"a/b"}
        assert file.shape("a/b") == (2, 3)
        assert file.shape("a") is None
        assert file.array("a/b", "float32").tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_number_that_does_not_fit_becomes_infinite():
    stream = packed(lambda file: file.create_dataset("a", data=np.array([1e300])))
    with hdf5.opened(stream, 10_000) as file:
        file.check()
        assert np.isinf(file.array("a", "float32")).all()


@pytest.mark.parametrize("value", ["text", b"text", np.array([b"text"]), np.array("text", "S4")])
def test_text_is_read_however_it_is_stored(value):
    stream = packed(lambda file: file.attrs.__setitem__("a", value))
    with hdf5.opened(stream, 10_000) as file:
        assert file.text("", "a") == "text"
        assert file.text("", "b") is None


def test_a_list_in_parts_is_put_together():
    def fill(file):
        file.attrs["names0"], file.attrs["names1"] = [b"a", b"b"], [b"c"]

    with hdf5.opened(packed(fill), 10_000) as file:
        assert file.names("", "names") == ("a", "b", "c")


def test_an_empty_list_is_stored_as_numbers_and_read_as_empty():
    with hdf5.opened(packed(lambda file: file.attrs.__setitem__("a", [])), 10_000) as file:
        assert file.names("", "a") == ()


@pytest.mark.parametrize("value", [7, [1.5], b"\xff\xfe", np.array(["a", "b"], dtype=object)])
def test_an_attribute_that_is_not_one_text_is_damage(value):
    stream = packed(lambda file: file.attrs.__setitem__("a", value))
    with hdf5.opened(stream, 10_000) as file, pytest.raises(errors.CorruptFile):
        file.text("", "a")


def test_an_attribute_with_too_many_items_is_refused(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver="latest") as file:  # older ones cannot hold as many
        file.attrs["names"] = np.zeros(30_000, "S1")
    with hdf5.opened(path, 1 << 20) as file, pytest.raises(errors.TooLarge, match="attribute"):
        file.names("", "names")


def test_bytes_that_are_not_hdf5_are_damage():
    with pytest.raises(errors.CorruptFile), hdf5.opened(io.BytesIO(b"no"), 2):
        pass


def test_filter_plugins_are_switched_off():
    assert os.environ["HDF5_PLUGIN_PRELOAD"] == "::"
