"""Errors travel between processes."""

import json
from pathlib import Path

import numpy as np
import pytest

from core import errors

CLASSES = [
    item
    for item in vars(errors).values()
    if isinstance(item, type) and issubclass(item, errors.ProjectError)
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_comes_back_as_the_same_class(kind):
    error = kind("what went wrong", expected=3, received="four")
    back = errors.from_json(json.loads(json.dumps(errors.to_json(error))))
    assert type(back) is kind
    assert str(back) == "what went wrong"
    assert back.details == {"expected": 3, "received": "four"}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_has_a_code_of_its_own(kind):
    assert [item.code for item in CLASSES].count(kind.code) == 1


def test_an_error_without_message_says_its_docstring():
    assert str(errors.CorruptFile()) == "The file is truncated or damaged."


def test_a_detail_may_be_called_message():
    back = errors.from_json({"code": "error", "message": "a", "details": {"message": "b"}})
    assert (str(back), back.details) == ("a", {"message": "b"})


def test_an_unknown_code_is_kept():
    back = errors.from_json({"code": "of-another-version", "message": "new"})
    assert type(back) is errors.ProjectError
    assert back.code == "of-another-version"
    assert errors.ProjectError.code == "error"


def test_details_become_plain_json():
    details = {"shape": (1, np.int64(2)), "rate": np.float32(0.5), "path": Path("a"), "by": {3}}
    told = errors.to_json(errors.InvalidInput("no", **details))["details"]
    assert json.loads(json.dumps(told)) == {
        "shape": [1, 2], "rate": 0.5, "path": "a", "by": [3],
    }  # fmt: skip


def test_a_number_that_json_does_not_know_is_told_in_words():
    told = errors.to_json(errors.InvalidInput("no", rate=float("nan"), limit=np.inf))["details"]
    assert told == {"rate": "nan", "limit": "inf"}


def test_an_error_about_a_file_names_the_file_once():
    damaged = errors.CorruptFile("the file is damaged", place="/data")
    told = errors.about(damaged, "faces.h5")
    assert (str(told), told.details) == ("faces.h5: the file is damaged", {"place": "/data"})
    assert isinstance(told, errors.CorruptFile)
    assert errors.about(told, "faces.h5") is told


def test_the_name_of_a_file_inside_another_word_does_not_name_the_file():
    assert str(errors.about(errors.CorruptFile("the file is damaged"), "f")).startswith("f: ")
