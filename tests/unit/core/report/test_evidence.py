import dataclasses

from core.report import evidence


def test_the_summary_tells_of_classes_and_of_the_rating(full_report):
    rows = evidence.of_summary(full_report).rows
    assert rows[0] == (
        "Mean accuracy of the worst tenth of the classes (1 of 10)", "93.0 %", "0.0 %",
    )  # fmt: skip
    assert rows[1][2] == "1"
    assert [row[2] for row in rows[2:]] == ["0.491", "not measured"]


def test_a_report_of_old_has_no_summary(report):
    assert evidence.of_summary(report) is None


def test_each_set_that_was_tried_again_has_a_row(full_report):
    (row,) = evidence.of_reactivation(full_report.reactivation).rows
    assert row == (
        "corner", "1.0 % (0.4–2.0 %, n = 895)", "78.2 % (75.3–80.9 %, n = 895)", "90.0 %",
    )  # fmt: skip


def test_what_was_tried_is_told_with_what_it_does_not_show(full_report):
    text = evidence.how_reactivated(full_report.reactivation)
    assert "5 epochs on 5 poisoned images among 800 clean images (SGD with" in text
    assert "learning rate 0.01" in text
    assert "Nothing was chosen by it." in text


def test_what_was_not_tried_is_not_told():
    assert evidence.of_reactivation(()) is None and evidence.how_reactivated(()) == ""
    assert evidence.of_seeds(None) is None and evidence.of_candidates(()) is None
    assert evidence.of_diagnosis(None) is None and evidence.what_was_diagnosed(None) == ""


def test_the_seeds_are_told_as_mean_lowest_and_highest(full_report):
    assert evidence.of_seeds(full_report.seeds).rows == (
        ("Clean accuracy", "90.5 %", "90.0 %", "91.0 %", "3"),
        ("Attack success of 'corner'", "1.0 %", "0.0 %", "2.0 %", "3"),
    )


def test_suspects_come_with_their_evidence(full_report):
    first, second = evidence.of_diagnosis(full_report.diagnosis).rows
    assert first == (
        "0", "1", "yes", "9.3", "−0.5", "not measured", "98.0 % with 6.25 pixels", "not measured",
    )  # fmt: skip
    assert second[:3] == ("4", "2", "no")


def test_a_diagnosis_is_never_told_as_proof(full_report):
    assert "1 of them is suspected" in evidence.what_was_diagnosed(full_report.diagnosis)
    none = dataclasses.replace(full_report.diagnosis, suspects=())
    text = evidence.what_was_diagnosed(none)
    assert "none is suspected" in text
    assert text.endswith("no suspect is no proof that there is none.")


def test_candidates_come_with_the_reason(full_report):
    assert evidence.of_candidates(full_report.candidates).rows == (
        ("ft-sam (rho=2.0)", "yes", "90.0 %", "yes", "3.0 %", "1 min 1 s", "least is left"),
    )
