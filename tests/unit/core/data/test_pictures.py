"""Picture files: class folders in a zip, and pictures to predict."""

import numpy as np
import pytest
from PIL import Image

from core import data, errors
from tests.unit.core.data import files

CAT, DOG, OWL = files.faces(n=3, height=8, width=6)


def test_folders_in_sorted_order_are_the_classes(tmp_path):
    members = {"dog/1.png": files.picture(DOG), "cat/1.png": files.picture(CAT)}
    images = data.open_images(files.zipped(tmp_path / "a.zip", members))
    assert images.class_names == ("cat", "dog")
    assert images.labels.tolist() == [0, 1]
    assert (images.at([0, 1]) == [CAT, DOG]).all()


def test_folders_named_by_whole_numbers_are_the_labels(tmp_path):
    members = {"set/10/a.png": files.picture(CAT), "set/2/b.bmp": files.picture(DOG, "BMP")}
    images = data.open_images(files.zipped(tmp_path / "a.zip", members))
    assert images.class_names is None
    assert images.labels.tolist() == [10, 2]
    assert (images.at([1]) == [DOG]).all()


def test_what_operating_systems_leave_behind_is_passed_over(tmp_path):
    members = {"cat/1.png": files.picture(CAT), "cat/": b"", "cat/Thumbs.db": b"x"}
    litter = {"__MACOSX/cat/._1.png": b"x", "cat/.DS_Store": b"x"}
    assert len(data.open_images(files.zipped(tmp_path / "a.zip", members | litter))) == 1


def test_jpeg_is_read(tmp_path):
    path = files.zipped(tmp_path / "a.zip", {"cat/1.jpg": files.picture(CAT, "JPEG")})
    assert data.open_images(path).shape == (1, 8, 6, 3)


def test_gray_pictures_have_one_channel(tmp_path):
    path = files.zipped(tmp_path / "a.zip", {"0/1.png": files.picture(CAT[..., 0])})
    images = data.open_images(path)
    assert images.shape == (1, 8, 6, 1)
    assert (images.at([0])[..., 0] == CAT[..., 0]).all()


def test_one_picture_in_colour_makes_all_so(tmp_path):
    members = {"0/1.png": files.picture(CAT[..., 0]), "0/2.png": files.picture(DOG)}
    assert data.open_images(files.zipped(tmp_path / "a.zip", members)).shape == (2, 8, 6, 3)


def test_pictures_of_two_sizes_are_refused(tmp_path):
    members = {"0/1.png": files.picture(CAT), "0/2.png": files.picture(CAT[:5])}
    with pytest.raises(errors.InvalidDataset, match=r"2\.png is 6 x 5, but .*1\.png is 6 x 8"):
        data.open_images(files.zipped(tmp_path / "a.zip", members))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "holds no pictures"),
        ({"1.png": files.picture(CAT)}, "lies in no folder"),
        ({"cat/notes.txt": b"x"}, "is no picture"),
        ({"a/x/1.png": files.picture(CAT), "b/y/1.png": files.picture(CAT)}, "side by side"),
        ({"config.json": b"{}", "model.weights.h5": b""}, "looks like a Keras model"),
    ],
)
def test_other_archives_are_not_data_sets(tmp_path, members, message):
    with pytest.raises(errors.NotADataset, match=message):
        data.open_images(files.zipped(tmp_path / "a.zip", members))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", files.picture(CAT)[:50]])
def test_a_damaged_picture_is_named(tmp_path, content):
    path = files.zipped(tmp_path / "a.zip", {"cat/1.png": content})
    with pytest.raises(errors.CorruptFile, match=r"cat/1\.png"):
        data.open_images(path).at([0])


def test_a_picture_with_too_many_pixels_is_refused(tmp_path):
    enormous = files.picture(np.zeros((5000, 5000), bool))
    with pytest.raises(errors.TooLarge, match="5000 x 5000"):
        data.open_images(files.zipped(tmp_path / "a.zip", {"0/1.png": enormous}))


def test_sixteen_bits_a_channel_are_refused(tmp_path):
    deep = files.picture(CAT[..., 0].astype(np.uint16))
    with pytest.raises(errors.InvalidDataset, match="8 bits"):
        data.open_images(files.zipped(tmp_path / "a.zip", {"0/1.png": deep}))


def test_transparent_pixels_are_refused(tmp_path):
    clear = np.dstack([CAT, np.full(CAT.shape[:2], 128, np.uint8)])
    path = files.zipped(tmp_path / "a.zip", {"0/1.png": files.picture(clear)})
    with pytest.raises(errors.InvalidDataset, match="transparent"):
        data.open_images(path).at([0])


def test_an_alpha_channel_that_hides_nothing_is_fine(tmp_path):
    opaque = np.dstack([CAT, np.full(CAT.shape[:2], 255, np.uint8)])
    path = files.zipped(tmp_path / "a.zip", {"0/1.png": files.picture(opaque)})
    assert (data.open_images(path).at([0]) == [CAT]).all()


def test_pictures_to_predict_come_in_the_order_given(tmp_path):
    paths = [tmp_path / "b.png", tmp_path / "a.png"]
    Image.fromarray(DOG).save(paths[0])
    Image.fromarray(CAT).save(paths[1])
    images = data.open_pictures(paths)
    assert images.labels.tolist() == [-1, -1]
    assert images.name == "2 pictures"
    assert (images.at([0, 1]) == [DOG, CAT]).all()


def test_labels_of_a_set_to_predict_are_not_looked_at(tmp_path):
    path = files.h5(tmp_path / "a.h5", files.faces(), np.full(6, 0.5))
    assert data.open_pictures([path]).labels.tolist() == [-1] * 6


def test_pictures_and_data_sets_do_not_mix(tmp_path):
    Image.fromarray(DOG).save(tmp_path / "a.png")
    path = files.h5(tmp_path / "a.h5", files.faces(), np.arange(6))
    with pytest.raises(errors.UnsupportedFormat, match=r"a\.h5 is not a PNG"):
        data.open_pictures([tmp_path / "a.png", path])


def test_a_picture_file_may_not_be_enormous(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.pictures._MAX_FILE_BYTES", 9)
    path = files.zipped(tmp_path / "a.zip", {"0/1.png": files.picture(CAT)})
    with pytest.raises(errors.TooLarge, match="the limit for a picture"):
        data.open_images(path)


def test_a_picture_that_goes_away_is_unreadable(tmp_path):
    Image.fromarray(CAT).save(tmp_path / "a.png")
    images = data.open_pictures([tmp_path / "a.png"])
    (tmp_path / "a.png").unlink()
    with pytest.raises(errors.UnreadableFile):
        images.at([0])


def test_no_pictures_at_all_are_refused():
    with pytest.raises(errors.InvalidDataset):
        data.open_pictures([])


def test_pictures_can_be_brought_to_one_size_and_kind(tmp_path):
    Image.fromarray(np.full((9, 7, 3), 200, np.uint8)).save(tmp_path / "a.png")
    Image.fromarray(np.full((3, 4), 100, np.uint8)).save(tmp_path / "b.png")
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    images = data.open_pictures(paths, fit=(4, 5, 3))
    assert images.shape == (2, 4, 5, 3)
    assert [int(image.mean()) for image in images.at([0, 1])] == [200, 100]
    assert images.source.original_sizes == ((7, 9), (4, 3))
