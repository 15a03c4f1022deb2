"""What the command line says to do to a net."""

import pytest

from benchmarks.repair import treatments


def test_a_method_with_parameters():
    treatment = treatments.named("target-relearning:labels=0,rounds=1")
    assert treatment.method == "target-relearning"
    assert treatment.params == {"labels": "0", "rounds": "1"}


@pytest.mark.parametrize(
    ("text", "word"), [("autoo", "autoo"), ("auto:budget=1", "budget"), ("sau:radius=x", "radius")]
)
def test_what_is_unknown_ends_the_program_with_a_word(text, word):
    with pytest.raises(SystemExit, match=word):
        treatments.named(text)
