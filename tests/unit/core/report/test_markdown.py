import dataclasses
import re

from core.report import CAVEAT, index, markdown


def test_the_ticket_opens_with_the_verdict(report):
    first = markdown.report_page(report).splitlines()[0]
    assert first == (
        "# Not repaired: the attack 'corner' succeeds on 99.8 % of its images (was 99.9 %); "
        "clean accuracy is 91.0 % (was 93.0 %)"
    )


def test_the_ticket_has_a_row_for_every_figure(report):
    lines = markdown.report_page(report).splitlines()
    assert (
        "| warped | Attack success rate | 96.7 % (95.2–97.8 %, n = 900) "
        "| 0.0 % (at most 3/900 = 0.4 %, n = 900) |"
    ) in lines


def test_the_ticket_has_what_lies_behind_the_figures(full_report):
    lines = markdown.report_page(full_report).splitlines()
    assert "| Clean accuracy | 90.5 % | 90.0 % | 91.0 % | 3 |" in lines
    assert any(line.startswith("| corner | target-aware | 0.987 (") for line in lines)
    assert "## Does it come back?" in lines and "## What the model itself suggests" in lines
    assert any(line.startswith("| ft-sam (rho=2.0) | yes | 90.0 % |") for line in lines)


def test_the_ticket_has_the_evidence_before_and_after_the_repair(full_report):
    lines = markdown.report_page(full_report).splitlines()
    assert "### What is left of it" in lines and "| Class | Evidence | Before | After |" in lines
    assert "| 0, suspected | Head z | 9.3 | 0.3 |" in lines


def test_the_ticket_says_nothing_of_what_was_not_tried(report):
    text = markdown.report_page(report)
    assert (
        "come back" not in text and "suggests" not in text and "tried" not in text.split("##")[-1]
    )


def test_the_ticket_ends_with_the_caveat(report):
    text = markdown.report_page(dataclasses.replace(report, caveat=""))
    assert text.endswith(f"> {CAVEAT}\n")


def test_the_ticket_tells_how_to_run_it_again(report):
    text = markdown.report_page(report)
    assert f"```\n{report.command}\n```" in text
    assert "Seed 7, 2 min 5 s on cpu" in text
    assert "epochs=20, flip=true" in text


def test_what_was_not_measured_is_said_in_words(unmeasured_report):
    text = markdown.report_page(unmeasured_report)
    assert "| Clean test images | Clean accuracy | not measured | not measured |" in text
    assert not re.search(r"\b0\.0 %", text)


def test_a_ticket_without_warnings_has_no_such_heading(unmeasured_report):
    assert "Warnings" not in markdown.report_page(unmeasured_report)


def test_text_of_the_sender_is_neither_markup_nor_a_cell(report):
    hostile = dataclasses.replace(report, warnings=("<b> | [a](b) `c` *d* _e_ f_g\n# h",))
    text = markdown.report_page(hostile)
    assert r"- \<b\> \| \[a\](b) \`c\` \*d\* \_e\_ f_g \# h" in text.splitlines()


def test_a_command_with_backticks_stays_in_its_fence(report):
    text = markdown.report_page(dataclasses.replace(report, command="echo ```x```"))
    assert "````\necho ```x```\n````" in text


def test_the_index_has_a_row_for_each_budget(report):
    lines = markdown.index_page(index.of_reports({"drop-0.04": report})).splitlines()
    assert lines[4] == (
        "| −4.0 points | Not repaired | 93.0 % → 91.0 % | 99.9 % → 99.8 % | drop-0.04 |"
    )
