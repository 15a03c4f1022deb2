from pathlib import Path

import pytest

from core import errors
from netmend import testfiles

TWO = [Path("a.h5"), Path("b.h5")]


def test_labels_are_auto_and_targets_unknown_where_nothing_is_said():
    first, _ = testfiles.collect(None, TWO).poisoned
    assert (first.labels, first.target_label) == ("auto", None)


def test_one_label_meaning_counts_for_all_sets():
    found = testfiles.collect(None, TWO, labels=["original"], target_labels=[7])
    assert [(item.labels, item.target_label) for item in found.poisoned] == [("original", 7)] * 2


def test_several_go_by_the_order_of_the_sets():
    found = testfiles.collect(None, TWO, labels=["target", "original"], target_labels=[3, 4])
    assert [(item.path, item.labels, item.target_label) for item in found.poisoned] == [
        (TWO[0], "target", 3),
        (TWO[1], "original", 4),
    ]


def test_another_number_of_labels_than_sets_is_refused():
    three = [*TWO, Path("c.h5")]
    with pytest.raises(errors.InvalidParams, match="2 target labels for 3 poisoned sets"):
        testfiles.collect(None, three, target_labels=[1, 2])


def test_an_unknown_label_meaning_is_refused_with_those_there_are():
    with pytest.raises(errors.InvalidParams, match="auto, target, original, not 'both'"):
        testfiles.collect(None, TWO, labels=["both"])


def test_sets_are_called_by_their_file_names():
    assert [item.name for item in testfiles.collect(None, TWO).poisoned] == ["a.h5", "b.h5"]


def test_sets_of_one_file_name_are_told_apart_by_their_folders():
    found = testfiles.collect(None, [Path("x/bad.h5"), Path("y/bad.h5")])
    assert [item.name for item in found.poisoned] == ["x-bad.h5", "y-bad.h5"]


@pytest.mark.parametrize("other", ["a.h5", "a.npz"])
def test_sets_that_only_a_number_can_tell_apart_are_numbered(other):
    found = testfiles.collect(None, [Path("a.h5"), Path(other)])
    assert [Path(item.name).stem for item in found.poisoned] == ["a-1", "a-2"]


def test_the_paths_are_in_the_order_of_reading():
    assert testfiles.collect(Path("clean.h5"), TWO).paths == [Path("clean.h5"), *TWO]
