"""The list of known weaknesses fits the pins, and its answers can be looked up."""

import pytest

from tests import audit
from tests.architecture import tree

KNOWN = audit.advisories()


def test_each_advisory_has_an_id_of_its_own():
    assert len({item.id for item in KNOWN}) == len(KNOWN)


@pytest.mark.parametrize("path", audit.PINNED, ids=lambda path: path.name)
def test_each_advisory_that_fits_a_pin_is_answered(path):
    pins = audit.pins(path)
    assert [item.id for item in KNOWN if item.fits(pins) and not item.answer] == []


@pytest.mark.parametrize("advisory", KNOWN, ids=lambda advisory: advisory.id)
def test_an_answer_names_a_test_that_is_there(advisory):
    assert (tree.REPOSITORY / advisory.shown_by).is_file()


def test_a_version_that_has_no_weakness_is_not_listed():
    advisory = audit.Advisory(id="x", package="h5py", affected="<3.15", what="")
    assert advisory.fits({"h5py": "3.14.0"})
    assert not advisory.fits({"h5py": "3.15.1"})
    assert not advisory.fits({})


def test_pins_are_read_with_their_names_in_the_usual_form():
    assert audit.pins(audit.PINNED[0])["tf-keras"].startswith("2.")
