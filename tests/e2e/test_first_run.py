"""From nothing to a repaired model and an answer to a picture, as it is done for the first time."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e import files, stack, steps

_LOAD = """
import sys, tf_keras
model = tf_keras.models.load_model(sys.argv[1], compile=False)
print(model.input_shape[1:], model.output_shape[-1])
"""
_N_PICTURES = 16


@pytest.fixture(params=["digits", pytest.param("faces", marks=pytest.mark.data)])
def brought(request):
    """What somebody brings: a small net made here, and the sunglasses net of CSAW HackML 2020."""
    if request.param == "digits":
        return request.getfixturevalue("demo")
    return files.of_csaw(request.getfixturevalue("shared_data") / "csaw")


@pytest.fixture
def fresh(chromium, tmp_path):
    """A service that nobody has opened yet."""
    with stack.started(tmp_path / "state") as started:
        yield started


def test_a_stranger_brings_a_model_has_it_repaired_and_tries_a_poisoned_picture(
    fresh, stranger, brought, tmp_path
):
    page = stranger
    steps.open_with_invitation(page, fresh)
    page.get_by_role("main").get_by_role("link", name="New repair").click()
    steps.bring(page, brought)
    expect(steps.slot(page, "The model to repair")).to_contain_text(
        f"one of {brought.n_classes:,} classes"
    )
    steps.set_parameters(page, brought)
    steps.start(page)

    expect(page.locator("#log")).to_contain_text("Running")
    expect(page.locator("#live-prune")).to_be_visible()
    steps.wait_for_end(page)
    verdict = page.locator("#verdict-title")
    expect(verdict).to_contain_text(f"the attack '{brought.poisoned.stem}'")
    expect(verdict).to_contain_text("clean accuracy is")

    repaired = steps.download(page, "Download the repaired model", tmp_path)
    assert _loaded(repaired) == f"{brought.input_shape} {brought.n_classes}\n"

    page.get_by_role("link", name="Try an image").click()
    pictures = files.pictures(brought.poisoned, tmp_path, n=_N_PICTURES)
    page.get_by_label("Picture, PNG or JPEG").set_input_files(pictures)
    page.locator("#send").get_by_role("button", name="Ask the models").click()
    answers = page.locator("article.answer")
    expect(answers).to_have_count(_N_PICTURES)
    told = answers.filter(has_text=re.compile(r"N\+1: (backdoored|not flagged)"))
    expect(told).to_have_count(_N_PICTURES)
    flagged = answers.filter(has_text="N+1: backdoored")
    assert flagged.count() >= brought.fewest_flagged


def _loaded(path):
    """What a fresh process says of a model that it has loaded."""
    loading = [sys.executable, "-c", _LOAD, path]
    return subprocess.run(loading, capture_output=True, text=True, check=True).stdout
