import zipfile

import pytest

from core import errors
from core.modelfile import archive

MEMBERS = {archive.METADATA: b"{}", archive.CONFIG: b"[]", archive.WEIGHTS: b"HDF"}


def written(path, members, **options):
    with zipfile.ZipFile(path, "w", **options) as zipped:
        for name, content in members:
            zipped.writestr(name, content)
    return path


def test_what_is_packed_is_read(tmp_path):
    path = tmp_path / "a.keras"
    path.write_bytes(archive.packed(MEMBERS))
    assert archive.read(path) == MEMBERS


def test_the_same_model_makes_the_same_file():
    assert archive.packed(MEMBERS) == archive.packed(MEMBERS)


def test_keras_members_may_be_deflated(tmp_path):
    path = written(tmp_path / "a.keras", MEMBERS.items(), compression=zipfile.ZIP_DEFLATED)
    assert archive.read(path) == MEMBERS


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "assets/vocabulary.txt", "config.JSON"])
def test_another_member_is_refused(tmp_path, name):
    path = written(tmp_path / "a.keras", [*MEMBERS.items(), (name, b"x")])
    with pytest.raises(errors.UnsafeFile) as caught:
        archive.read(path)
    assert caught.value.details["place"] == name


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_listed_twice_is_refused(tmp_path):
    path = written(tmp_path / "a.keras", [*MEMBERS.items(), (archive.CONFIG, b"x")])
    with pytest.raises(errors.UnsafeFile, match="each once"):
        archive.read(path)


@pytest.mark.parametrize("name", ["cats/1.png", "data.npy"])
def test_a_data_set_is_no_model(tmp_path, name):
    path = written(tmp_path / "a.zip", [(name, b"x")])
    with pytest.raises(errors.NotAModel, match="data set"):
        archive.read(path)


def test_a_missing_member_is_damage(tmp_path):
    path = written(tmp_path / "a.keras", [(archive.CONFIG, b"{}")])
    with pytest.raises(errors.CorruptFile, match="lacks"):
        archive.read(path)


def test_a_member_that_unpacks_to_much_more_is_refused(tmp_path):
    bomb = {**MEMBERS, archive.WEIGHTS: bytes(10 << 20)}
    path = written(tmp_path / "a.keras", bomb.items(), compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(errors.TooLarge, match="unpacks to"):
        archive.read(path)


def test_another_compression_is_refused(tmp_path):
    path = written(tmp_path / "a.keras", MEMBERS.items(), compression=zipfile.ZIP_LZMA)
    with pytest.raises(errors.UnsafeFile, match="packed in a way"):
        archive.read(path)


def test_a_truncated_archive_is_damage(tmp_path):
    path = tmp_path / "a.keras"
    path.write_bytes(archive.packed(MEMBERS)[:-30])
    with pytest.raises(errors.CorruptFile):
        archive.read(path)


def test_a_damaged_member_is_damage(tmp_path):
    path = tmp_path / "a.keras"
    path.write_bytes(archive.packed(MEMBERS).replace(b"HDF", b"XYZ"))
    with pytest.raises(errors.CorruptFile, match="CRC"):
        archive.read(path)
