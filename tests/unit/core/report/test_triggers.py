"""Diagnoses as pages, Markdown and files."""

import dataclasses
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from core import report
from core.report import TriggerPicture, html, markdown, triggers
from core.results import (
    Circumstances,
    Diagnosis,
    InputFile,
    InvertedTrigger,
    PreprocessingChoice,
    Suspect,
)

HOSTILE = "<img src=x onerror=alert(1)>"


def suspect(label, rank, *, is_suspected=False, reasons=()):
    return Suspect(
        label=label, rank=rank, is_suspected=is_suspected, score=9.0 - rank, reasons=reasons,
        patch=InvertedTrigger(kind="patch", label=label, success=0.9, size=3.2),
        additive=InvertedTrigger(kind="additive", label=label, success=0.4, size=1.5),
    )  # fmt: skip


@pytest.fixture
def diagnosis():
    first = suspect(4, 1, is_suspected=True, reasons=("a patch of 3.2 pixels is enough",))
    return Diagnosis(
        n_classes=10,
        suspects=(first, *(suspect(label, rank) for rank, label in enumerate((7, 1), start=2))),
        n_examined=3,
        seconds=61.0,
        warnings=("few images",),
        circumstances=Circumstances(
            model=InputFile(name=HOSTILE, sha256="ab" * 32, n=None),
            clean_validation=InputFile(name="valid.h5", sha256="cd" * 32, n=180),
            preprocessing=PreprocessingChoice(name="/255", declared=True, reason="declared"),
            seed=3,
            versions={"python": "3.11"},
            device="cpu",
        ),
    )


@pytest.fixture
def drawn():
    image = np.zeros((4, 6, 3), np.uint8)
    return [
        TriggerPicture(kind=kind, label=label, image=image)
        for label in (4, 7, 1)
        for kind in ("patch", "additive")
    ]


@pytest.mark.parametrize(
    ("n_suspected", "words"),
    [(0, "No class is suspected"), (1, "Class 0 is suspected"), (2, "Classes 0, 1 are suspected"),
     (10, "Classes 0, 1, 2, 3, 4, 5, 6, 7 and 2 more are suspected")],
)  # fmt: skip
def test_the_headline_names_the_suspects(diagnosis, n_suspected, words):
    suspects = tuple(suspect(label, label + 1, is_suspected=True) for label in range(n_suspected))
    found = dataclasses.replace(diagnosis, suspects=suspects)
    assert triggers.headline(found).startswith(words)


def test_all_files_are_written_and_named(diagnosis, drawn, tmp_path):
    written = report.write_diagnosis(diagnosis, tmp_path, drawn=drawn)
    assert {path.name for path in tmp_path.iterdir()} == {
        "diagnosis.html", "diagnosis.json", "diagnosis.md", "triggers",
    }  # fmt: skip
    assert written.suspects[0].patch.picture == "triggers/class-4-patch.png"
    assert json.loads((tmp_path / "diagnosis.json").read_text()) == written.to_json()


def test_without_pictures_none_is_named(diagnosis, tmp_path):
    written = report.write_diagnosis(diagnosis, tmp_path)
    assert written == diagnosis
    assert not (tmp_path / "triggers").exists()


def test_a_picture_is_enlarged_with_its_pixels_kept(drawn):
    picture = Image.open(io.BytesIO(drawn[0].png))
    assert picture.width / picture.height == pytest.approx(6 / 4, abs=0.02)
    assert picture.width > 100


def test_the_page_shows_the_evidence_and_both_pictures_of_each_class(diagnosis, drawn):
    page = html.diagnosis_page(diagnosis, drawn)
    assert "a patch of 3.2 pixels is enough" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert page.count("data:image/png") == len(drawn)
    assert page.count("Nothing about it stands out") == 2


def test_the_page_says_that_a_suspect_is_no_proof(diagnosis):
    for text in (html.diagnosis_page(diagnosis, []), markdown.diagnosis_page(diagnosis)):
        assert triggers.CAVEAT in text and "no proof" in text


def test_names_of_files_are_text_and_nothing_else(diagnosis):
    assert HOSTILE not in html.diagnosis_page(diagnosis, [])
    assert HOSTILE not in markdown.diagnosis_page(diagnosis)


def test_the_page_works_alone_and_runs_nothing(diagnosis, drawn):
    page = html.diagnosis_page(diagnosis, drawn)
    assert not re.search(r"<script|https?://", page)


def test_the_ticket_holds_the_suspects_and_how_they_were_found(diagnosis):
    text = markdown.diagnosis_page(diagnosis)
    assert text.startswith("# Class 4 is suspected")
    assert "## Class 4" in text and "## Class 7" not in text
    assert "| Seed | 3 |" in text and "few images" in text
