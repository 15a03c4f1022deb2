"""Cards are put together from what a job left behind."""

import io

import pytest

from service import cards, errors, jobs, models, storage
from service.artifacts import KeptFile
from service.settings import Settings
from tests import factories


@pytest.fixture
def kept(tmp_path):
    return storage.make_storage(Settings(state_folder=tmp_path / "files"))


@pytest.fixture
def finish(session, kept):
    """Ends a repair, which made these files; the id of it."""

    def finish(**made):
        files = []
        for name, content in made.items():
            file = kept.put(io.BytesIO(content))
            path = name.replace("_", ".")
            files.append(KeptFile(name=path, sha256=file.sha256, n_bytes=file.n_bytes))
        claim = factories.make_claim(session)
        outcome = jobs.Outcome(reports={"": factories.make_report()}, files=tuple(files))
        jobs.finish(session, claim, outcome)
        return claim.job_id

    return finish


def test_a_card_lists_inputs_and_files_with_their_hashes(session, finish):
    view = cards.gather(session, finish(report_md=b"# r")).view
    assert {item.role: item.sha256 for item in view.inputs} == {
        "model": "a" * 64, "clean_validation": "a" * 64,
    }  # fmt: skip
    assert [file.name for file in view.artifacts] == ["report.md"]
    assert view.reproduce.inputs == {"model": "0" * 64, "clean_validation": "0" * 64}


def test_inputs_that_were_deleted_are_known_by_the_report(session, finish):
    job_id = finish()
    models.delete(session, jobs.get(session, job_id).request["model"])
    view = cards.gather(session, job_id).view
    assert [item.role for item in view.inputs] == ["clean_validation"]
    assert "model" in view.reproduce.inputs


def test_a_report_that_was_not_written_is_not_made_up(session, kept, finish):
    card = cards.gather(session, finish(report_md=b"# r"))
    assert cards.as_markdown(card, kept).startswith(b"# r\n")
    with pytest.raises(errors.NotFound, match=r"report\.html"):
        cards.as_html(card, kept)


def test_a_bundle_without_a_report_has_the_rest(session, kept, finish):
    entries = cards.bundle(cards.gather(session, finish(a_txt=b"a")), kept)
    assert [entry.name for entry in entries] == ["manifest.json", "a.txt", "card.json"]


def test_another_file_is_another_bundle(session, kept, finish):
    first, second = (
        cards.fingerprint(cards.bundle(cards.gather(session, finish(a_txt=text)), kept))
        for text in (b"a", b"b")
    )
    assert first != second
