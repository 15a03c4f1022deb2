"""The page of jobs beside each other."""

import dataclasses
import re

import pytest

from core.results import PruningStep, TrainingEpoch
from tests import factories

from . import jobs as ended

NOBODY = "0190a0a0-0000-7000-8000-000000000000"


def _report(*, attack=0.02, epochs=(0.5, 0.75), channels=()):
    return dataclasses.replace(
        factories.make_report(attack=attack),
        training_curve=tuple(
            TrainingEpoch(epoch=epoch, loss=None, select_accuracy=accuracy, learning_rate=None)
            for epoch, accuracy in enumerate(epochs)
        ),
        pruning_curve=tuple(
            PruningStep(channels_pruned=n, layer=None, channel=None, select_accuracy=accuracy)
            for n, accuracy in enumerate(channels)
        ),
    )


def _made(held, owner, *reports, **fields):
    with held.session() as session:
        job_id = factories.make_job(session, owner, **fields).id
    if reports:
        ended.succeed(held, job_id, {"": reports[0]})
    return job_id


@pytest.fixture
def pair(held, owner):
    """A job and one that did better, with another method."""
    return [
        _made(held, owner, _report(attack=0.5, channels=(1.0, 0.9)), name="first"),
        _made(held, owner, _report(attack=0.1), name="second", method="fine-tuning"),
    ]


@pytest.fixture
def compare(browser):
    def page(job_ids, **more):
        return browser.get("/compare", query_string={"job": job_ids, **more})

    return page


def _row(page, name):
    return re.search(rf'<tr><th scope="row"[^>]*>{name}.*?</tr>', page, re.DOTALL)


def test_what_is_equal_in_all_is_hidden_and_counted(compare, pair):
    page = compare(pair).text
    assert _row(page, "Attack success after")
    assert not _row(page, "Clean accuracy before")
    assert _row(page, "method")
    assert not _row(page, "seed")
    assert re.search(r"[1-9]\d* measures are equal in all and not shown", page)
    assert re.search(r"[1-9]\d* settings are equal in all and not shown", page)


def test_all_of_it_is_shown_to_whoever_asks(compare, pair):
    page = compare(pair, all=1).text
    assert _row(page, "Clean accuracy before")
    assert _row(page, "seed")
    assert "not shown" not in page


def test_the_baseline_is_the_job_that_the_address_names(compare, pair):
    page = compare(pair, baseline=pair[1]).text
    row = _row(page, "Attack success after")[0]
    assert "+40.0 points" in row
    assert page.index(f'/jobs/{pair[1]}">second') < page.index(f'/jobs/{pair[0]}">first')
    assert f'<option value="{pair[1]}" selected>' in page


def test_the_other_view_keeps_the_baseline(compare, pair):
    assert f"baseline={pair[1]}&amp;all=1" in compare(pair, baseline=pair[1]).text


@pytest.mark.parametrize("baseline", [NOBODY, "x"])
def test_a_baseline_that_is_not_compared_is_refused(compare, pair, baseline):
    assert compare(pair, baseline=baseline).status_code == 422


def test_curves_of_the_runs_are_drawn_together(compare, pair):
    page = compare(pair).text
    svgs = re.findall(r"<svg role=\"img\".*?</svg>", page, re.DOTALL)
    assert len(svgs) == 2
    assert "1 first" in svgs[0]
    assert "2 second" in svgs[0]
    assert "style=" not in "".join(svgs)


def test_a_run_without_a_curve_is_named_and_not_drawn(compare, pair):
    page = compare(pair).text
    assert "No such curve: 2 second." in page
    assert (
        "2 second"
        not in re.findall(r"<svg role=\"img\".*?</svg>", page, re.DOTALL)[1].partition(">")[2]
    )


def test_without_any_curve_the_page_says_so(compare, held, owner):
    ids = [_made(held, owner, factories.make_report()) for _ in range(2)]
    assert "None of the runs drew a curve." in compare(ids).text


def test_more_runs_than_can_be_told_apart_are_not_drawn_and_that_is_said(compare, held, owner):
    ids = [_made(held, owner, _report(), name=f"job {n}") for n in range(9)]
    page = compare(ids).text
    assert "The curves of the first 8 of 9 runs are drawn" in page
    assert "8 job 7" in page
    assert "9 job 8" not in page


def test_a_job_that_has_not_ended_is_named_and_has_no_column(compare, pair, held, owner):
    waiting = _made(held, owner, name="late")
    page = compare([*pair, waiting]).text
    assert re.search(rf"No figures yet, or ever: <a href=\"/jobs/{waiting}\">late</a>", page)
    assert '<span class="run">3</span>' not in page


def test_models_and_data_sets_are_called_by_their_names(compare, pair):
    assert "bad net" in _row(compare(pair).text, "model")[0]


def test_each_budget_of_a_job_is_a_run_with_its_own_curve(compare, held, owner, pair):
    with held.session() as session:
        job_id = factories.make_job(session, owner, name="twice").id
    small = _report()
    large = dataclasses.replace(
        small, selection=dataclasses.replace(small.selection, max_accuracy_drop=0.1)
    )
    ended.succeed(held, job_id, {"drop-0.04": small, "drop-0.1": large})
    page = compare([job_id, pair[0]]).text
    assert "1 twice, 4 points" in page
    assert "2 twice, 10 points" in page
