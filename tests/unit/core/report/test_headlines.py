from core.report import headlines


def test_the_three_numbers_are_accuracy_attack_and_flags(report):
    accuracy, attack, flagged = headlines.of_report(report)
    assert (accuracy.value, accuracy.beside) == ("91.0 %", "was 93.0 %, −2.0 points")
    assert (attack.value, attack.beside) == ("99.8 %", "was 99.9 %, 'corner'")
    assert (flagged.value, flagged.beside) == ("0.1 %", "of 'corner'; false positives: 3.1 %")


def test_every_number_comes_with_its_interval_and_n(report):
    evidence = [headline.evidence for headline in headlines.of_report(report)]
    assert evidence[1] == "95 % interval 99.1–100.0 %, n = 900"
    assert all("n = " in text for text in evidence)


def test_what_was_not_measured_says_so_and_why(unmeasured_report):
    accuracy, attack, flagged = headlines.of_report(unmeasured_report)
    assert {accuracy.value, attack.value, flagged.value} == {"not measured"}
    assert accuracy.beside == "no clean test images were given"
    assert attack.beside.startswith("no poisoned images were given")
