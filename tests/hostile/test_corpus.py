"""Every hostile file is refused with a code, a place and a sentence, and nothing of it happens."""

from pathlib import Path

import pytest

from tests.hostile import corpus
from tests.hostile.kinds import SECRET


@pytest.fixture
def traps(tmp_path):
    folder = tmp_path / "traps"
    folder.mkdir()
    return corpus.set_traps(folder)


@pytest.mark.parametrize("kind", corpus.KINDS, ids=lambda kind: kind.name)
def test_a_hostile_file_is_refused_and_does_nothing(kind, tmp_path, traps):
    path = corpus.made(kind, tmp_path, traps)
    before = sorted(tmp_path.rglob("*"))
    fate = corpus.met(kind, path, tmp_path / "canonical")
    assert fate.error is not None, "it was taken"
    assert fate.error.code == kind.code, fate.error
    assert str(fate.error).isprintable()  # one sentence, which moves no cursor and forges no line
    assert SECRET not in fate.output
    assert sorted(tmp_path.rglob("*")) == before  # no marker, no canonical form, nothing else


def test_there_are_sixty_kinds_at_least_and_each_has_its_name_and_sentence():
    names = [kind.name for kind in corpus.KINDS]
    assert len(set(names)) == len(names) >= 60
    assert all(kind.sentence.endswith(".") for kind in corpus.KINDS)


def test_the_document_lists_each_kind_with_its_code():
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text()
    rows = {
        line.split("|")[1].partition(":")[0].strip(): line
        for line in text.splitlines()
        if "|" in line
    }
    missing = [
        kind.name for kind in corpus.KINDS if f"`{kind.code}`" not in rows.get(kind.name, "")
    ]
    assert missing == []
