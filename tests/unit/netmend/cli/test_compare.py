"""`netmend compare`."""

import csv

import pytest


@pytest.fixture
def job_ids(run, job_id):
    """Two jobs that ended; the second has ten points more attack success."""
    _, other = run("retry", job_id, "--seed", "1", "--json")
    return [job_id, other["id"]]


def test_jobs_stand_beside_each_other_with_their_changes(run, job_ids):
    code, out = run("compare", *job_ids)
    rows = [line.split() for line in out.splitlines()]
    assert code == 0
    assert [row[-4:] for row in rows if row[:1] == [job_ids[1]]] == [
        ["95.0%", "(+0.0)", "10.0%", "(+10.0)"]
    ]


def test_what_was_asked_otherwise_has_a_column(run, job_ids):
    _, out = run("compare", *job_ids)
    assert "seed" in out.splitlines()[1].split()


def test_all_figures_are_in_json(run, job_ids):
    code, found = run("compare", *job_ids, "--json")
    assert (code, [job["id"] for job in found["jobs"]]) == (0, job_ids)


def test_all_figures_are_in_csv(run, job_ids):
    code, out = run("compare", *job_ids, "--csv")
    assert (code, {row["phase"] for row in csv.DictReader(out.splitlines())}) == (
        0, {"before", "after", "goodnet"},
    )  # fmt: skip


def test_one_job_is_not_enough(run, job_id):
    assert run("compare", job_id)[0] == 2
    assert run("compare", job_id, job_id)[0] == 2
