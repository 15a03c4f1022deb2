"""Tables as CSV."""

import pytest

from web import spreadsheets


def _lines(app, *rows):
    with app.test_request_context("/"):
        answer = spreadsheets.answer("a.csv", ["one", "two"], rows)
    return answer.get_data(as_text=True).splitlines()


def test_a_table_has_a_head_and_its_rows(app):
    assert _lines(app, ["a,b", None], [1.5, 'say "so"']) == [
        "one,two", '"a,b",', '1.5,"say ""so"""',
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_shown_instead(app, text):
    answer = spreadsheets._cell(text)
    assert answer == f"'{text}"


def test_numbers_stay_numbers(app):
    assert _lines(app, [-0.5, -1])[1] == "-0.5,-1"
