"""Files that jobs made."""

import pytest

from service import artifacts, errors, storage
from tests import factories


@pytest.fixture
def kept(settings):
    return storage.make_storage(settings)


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    (folder / "figures").mkdir(parents=True)
    (folder / "repaired.h5").write_bytes(b"model")
    (folder / "figures" / "pruning.svg").write_bytes(b"<svg/>")
    return folder


def test_every_file_of_a_folder_is_stored_by_its_path(kept, results):
    files = artifacts.store(kept, results)
    assert {file.name: file.n_bytes for file in files} == {
        "figures/pruning.svg": 6,
        "repaired.h5": 5,
    }
    with kept.open(files[0].sha256) as stream:
        assert stream.read() == b"<svg/>"


def test_links_are_not_followed(kept, results):
    (results / "passwd").symlink_to("/etc/passwd")
    assert "passwd" not in {file.name for file in artifacts.store(kept, results)}


def test_rows_name_the_stored_files(session, kept, results):
    claim = factories.make_claim(session)
    artifacts.add(session, claim.job_id, claim.attempt, artifacts.store(kept, results))
    names = [row.name for row in artifacts.list_artifacts(session, claim.job_id)]
    assert names == ["figures/pruning.svg", "repaired.h5"]
    assert artifacts.get(session, claim.job_id, "repaired.h5").attempt == 1


@pytest.mark.parametrize("name", ["", "none", "../x", "\x00"])
def test_a_file_that_was_not_made_is_not_found(session, name):
    with pytest.raises(errors.NotFound):
        artifacts.get(session, factories.make_job(session).id, name)
