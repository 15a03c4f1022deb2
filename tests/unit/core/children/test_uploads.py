"""Uploads are checked in a child, which leaves a whole folder or none."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from core import children, data, errors
from core.children import uploads


@pytest.fixture
def upload(tmp_path):
    path = tmp_path / "upload.npz"
    np.savez(path, data=np.arange(120).reshape(2, 5, 4, 3), label=[0, 1])
    return path


def test_a_data_set_becomes_a_canonical_folder(upload, tmp_path):
    facts = children.ingest_images(upload, tmp_path / "made" / "canonical")
    assert (facts["name"], facts["n"], facts["shape"]) == ("upload.npz", 2, [2, 5, 4, 3])
    assert len(data.load_canonical(tmp_path / "made" / "canonical")) == 2


def test_a_set_may_be_given_a_name_and_a_layout(upload, tmp_path):
    facts = children.ingest_images(upload, tmp_path / "out", layout="NCHW", name="faces")
    assert (facts["name"], facts["shape"]) == ("faces", [2, 4, 3, 5])


def test_a_link_to_an_upload_is_followed_and_names_it(upload, tmp_path):
    (tmp_path / "link.npz").symlink_to(upload)
    assert children.ingest_images(tmp_path / "link.npz", tmp_path / "out")["name"] == "link.npz"


def test_pictures_become_a_canonical_folder(tmp_path):
    paths = [tmp_path / "a.png", tmp_path / "b.jpg", tmp_path / "c.bmp"]
    for path in paths:
        Image.fromarray(np.zeros((5, 4, 3), np.uint8)).save(path)
    facts = children.ingest_pictures(paths, tmp_path / "out")
    assert (facts["name"], facts["n"], facts["label_range"]) == ("3 pictures", 3, None)


def test_a_zip_of_class_folders_becomes_a_canonical_folder(tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((5, 4, 3), np.uint8)).save(buffer, "JPEG")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("cat/1.jpg", buffer.getvalue())
    assert children.ingest_images(tmp_path / "a.zip", tmp_path / "out")["class_names"] == ["cat"]


def test_a_refused_upload_leaves_no_folder(upload, tmp_path):
    upload.write_bytes(upload.read_bytes()[:-40])
    with pytest.raises(errors.CorruptFile):
        children.ingest_images(upload, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_exists_is_left_alone(upload, tmp_path):
    with pytest.raises(errors.OutputExists):
        children.ingest_images(upload, tmp_path)
    assert upload.exists()


def test_a_folder_that_cannot_be_made_is_told(upload):
    with pytest.raises(errors.OutputNotWritable):
        children.ingest_images(upload, upload / "out")


def test_too_short_a_time_limit_leaves_no_folder(upload, tmp_path):
    with pytest.raises(errors.TimeLimitExceeded):
        children.ingest_images(
            upload, tmp_path / "out", oversight=children.Oversight(time_limit_s=0.01)
        )
    assert not (tmp_path / "out").exists()


@pytest.mark.data
def test_a_model_becomes_a_canonical_folder(shared_data, tmp_path):
    path = shared_data / "csaw" / "sunglasses_bd_weights.h5"
    facts = children.ingest_model(path, tmp_path / "out")
    assert (facts["name"], facts["n_classes"]) == ("sunglasses_bd_weights", 1283)
    assert (tmp_path / "out" / "model.json").exists()


def test_an_architecture_file_is_read_by_the_child(tmp_path):
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "architecture.json").write_text("{")
    with pytest.raises(errors.InvalidInput, match=r"architecture\.json"):
        children.ingest_model(
            tmp_path / "model.h5", tmp_path / "out", architecture=tmp_path / "architecture.json"
        )


def test_an_unknown_architecture_is_told(tmp_path):
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(errors.InvalidParams, match="deepid-1283"):
        children.ingest_model(tmp_path / "model.h5", tmp_path / "out", architecture="resnet")


@pytest.mark.data
def test_a_data_set_given_as_a_model_is_told(shared_data, tmp_path):
    with pytest.raises(errors.NotAModel):
        children.ingest_model(shared_data / "csaw" / "clean_test_data.h5", tmp_path / "out")


def test_a_model_may_take_memory_by_its_size_and_no_more(tmp_path):
    path = tmp_path / "model.h5"
    path.write_bytes(b"")
    small = uploads._memory_bytes("model", [path])
    path.write_bytes(bytes(1 << 20))
    assert small < 1 << 30
    assert uploads._memory_bytes("model", [path]) - small == 8 << 20
