"""What a diagnosis says, in words, tables and pictures."""

import pytest

from core.results import Diagnosis, InvertedTrigger, Suspect
from web.pages import suspects


def trigger(label, picture=None, kind="patch"):
    return InvertedTrigger(kind=kind, label=label, success=0.998, size=7.4, picture=picture)


def suspect(label, *, is_suspected=True, **more):
    return Suspect(label=label, rank=label + 1, is_suspected=is_suspected, **more)


def shown(*found, files=(), folder=""):
    diagnosis = Diagnosis(n_classes=43, suspects=found, n_examined=len(found), seconds=1.0)
    return suspects.shown(diagnosis, job_id="job", files=files, folder=folder)


def test_all_that_are_suspected_are_told_first():
    found = shown(*(suspect(label) for label in range(5)), suspect(9, is_suspected=False))
    assert [item.suspect.label for item in found.first] == [0, 1, 2, 3, 4]
    assert len(found.table.rows) == 6


def test_where_none_is_suspected_the_first_three_are_told():
    found = shown(*(suspect(label, is_suspected=False) for label in range(9)))
    assert len(found.first) == 3
    assert "none is suspected" in found.sentence


@pytest.mark.parametrize(("folder", "file"), [("", "a.png"), ("drop-0.02", "drop-0.02/a.png")])
def test_a_picture_lies_beside_the_diagnosis(folder, file):
    found = shown(suspect(5, patch=trigger(5, "a.png")), files={file}, folder=folder)
    (picture,) = found.first[0].pictures
    assert picture.file == file
    assert picture.words.startswith("patch of 7.4 pixels: 99.8")


@pytest.mark.parametrize("picture", [None, "gone.png"])
def test_a_picture_that_is_not_there_is_left_out(picture):
    found = shown(suspect(5, additive=trigger(5, picture, "additive")), files={"other.png"})
    assert not found.has_pictures
