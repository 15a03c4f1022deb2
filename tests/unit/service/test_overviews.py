"""What a data set looks like is a file of the job that checked it."""

import pytest

from service import errors, jobs, overviews
from service.artifacts import KeptFile
from tests import factories

NAMES = ("overview/stats.json", *(f"overview/preview-{n}.png" for n in (1, 4, 9, 16)))


@pytest.fixture
def checked(session):
    """A data set that was checked, declared in some way."""

    def check(**options):
        dataset = factories.make_dataset(session, state="checking")
        dataset.options = {**dataset.options, **options}
        claim = factories.make_claim(session, jobs.submit_intake(session, dataset))
        files = tuple(KeptFile(name=name, sha256="0" * 64, n_bytes=1) for name in NAMES)
        outcome = jobs.Outcome(facts={"n": 1}, canonical_sha256="0" * 64, files=files)
        jobs.finish(session, claim, outcome)
        return dataset

    return check


@pytest.mark.parametrize(("n", "name"), [(1, "preview-1.png"), (5, "preview-9.png")])
def test_the_smallest_sheet_that_is_large_enough_is_taken(session, checked, n, name):
    found = overviews.sheet(session, checked(), n=n, show_people=False)
    assert found.name == f"overview/{name}"


def test_people_are_shown_to_who_asks_for_it(session, checked):
    dataset = checked(people=True)
    with pytest.raises(errors.PreviewDisabled):
        overviews.sheet(session, dataset, n=1, show_people=False)
    assert overviews.sheet(session, dataset, n=1, show_people=True)
    assert overviews.stats(session, dataset).name == "overview/stats.json"


def test_what_was_never_checked_has_no_figures(session):
    with pytest.raises(errors.NotFound, match="no preview"):
        overviews.stats(session, factories.make_dataset(session))
