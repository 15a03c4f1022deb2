"""What is wrong with an input says which one it is; who was killed gets another attempt."""

import pytest

from core import errors
from worker import inputs
from worker.endings import ChildLost

WHICH = {"clean test": {"pointer": "#/data/clean_test"}, "picture 1": {"file_name": "a.png"}}


@pytest.mark.parametrize(
    ("details", "told"),
    [
        ({"role": "clean test"}, {"pointer": "#/data/clean_test"}),
        ({"place": "picture 1"}, {"file_name": "a.png"}),
        ({"role": "somebody else"}, {}),
        ({}, {}),
    ],
)
def test_an_error_says_which_input_it_is_about(details, told):
    with pytest.raises(errors.CorruptFile) as caught, inputs.named(WHICH):
        raise errors.CorruptFile("bad", **details)
    assert caught.value.details == {**details, **told}


def test_a_child_that_was_killed_is_told_from_one_that_failed():
    with pytest.raises(ChildLost), inputs.killed_told():
        raise errors.ChildFailed("killed", exit_code=-9)
    with pytest.raises(errors.ChildFailed), inputs.killed_told():
        raise errors.ChildFailed("ended", exit_code=1)


def test_a_file_is_there_under_another_name(tmp_path):
    (tmp_path / "stored").write_bytes(b"content")
    inputs._put(tmp_path / "stored", tmp_path / inputs.picture_name(0))
    assert (tmp_path / "picture 1").read_bytes() == b"content"
