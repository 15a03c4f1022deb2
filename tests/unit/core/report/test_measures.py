import dataclasses

import pytest

from core.report import measures


def test_the_figures_come_set_by_set_clean_images_first(report):
    names = [group.name for group in measures.of_report(report)]
    assert names == ["Clean test images", "corner", "blended", "warped"]


def test_every_attack_has_its_four_figures(report):
    _, corner, *_ = measures.of_report(report)
    names = [measure.name for measure in corner.measures]
    assert names == ["Attack success rate", "Robust accuracy", "Floor", "Excess"]
    assert corner.note == "target class 0"


def test_the_excess_is_attack_success_above_its_floor(report):
    _, corner, *_ = measures.of_report(report)
    excess = corner.measures[-1]
    assert excess.before.value == pytest.approx((899 - 9) / 900)
    assert excess.after.ci95[0] < excess.after.value < excess.after.ci95[1]


def test_without_a_floor_there_is_no_excess(report):
    attack = dataclasses.replace(report.before.attacks[0], floor=None)
    both = dataclasses.replace(report.before, attacks=(attack,))
    _, group = measures.of_report(dataclasses.replace(report, before=both, after=both))
    assert (group.measures[-1].before, group.measures[-1].after) == (None, None)


def test_every_figure_has_a_meaning(report):
    names = {measure.name for group in measures.of_report(report) for measure in group.measures}
    assert names == set(measures.MEANINGS)


def test_an_attack_that_was_not_measured_is_listed_all_the_same(unmeasured_report):
    _, poisoned = measures.of_report(unmeasured_report)
    assert [(m.name, m.before, m.after) for m in poisoned.measures] == [
        ("Attack success rate", None, None)
    ]


def test_attacks_without_one_target_have_their_own(report):
    attack = dataclasses.replace(report.before.attacks[0], target_label=None)
    before = dataclasses.replace(report.before, attacks=(attack,))
    _, group = measures.of_report(dataclasses.replace(report, before=before))
    assert group.note == "targets of their own"


def test_the_worst_attack_is_the_furthest_above_its_floor(report, rate):
    after = dataclasses.replace(
        report.after,
        attacks=(
            dataclasses.replace(report.after.attacks[0], attack_success_rate=rate(300, 900),
                                floor=rate(250, 900)),
            *report.after.attacks[1:],
        ),
    )  # fmt: skip
    worst = measures.worst_attack(dataclasses.replace(report, verdict="partial", after=after))
    assert worst.name == "blended"


def test_a_model_is_not_repaired_for_an_attack_that_was_not_halved(report, rate):
    weak = dataclasses.replace(report.before.attacks[2], attack_success_rate=rate(90, 900))
    left = dataclasses.replace(report.after.attacks[2], attack_success_rate=rate(80, 900))
    before = dataclasses.replace(report.before, attacks=(*report.before.attacks[1:2], weak))
    after = dataclasses.replace(report.after, attacks=(*report.after.attacks[1:2], left))
    worst = measures.worst_attack(dataclasses.replace(report, before=before, after=after))
    assert worst.name == "warped"  # though more is left of the other, which was halved


def test_there_is_no_worst_attack_where_none_was_measured(unmeasured_report):
    assert measures.worst_attack(unmeasured_report) is None


def test_classes_come_with_the_largest_loss_first(report):
    changes = measures.class_changes(report.before, report.after)
    assert [change.label for change in changes][:2] == ["1", "9"]
    assert changes[-1].label == "0"


def test_a_class_measured_once_has_no_change(report):
    after = dataclasses.replace(report.after, per_class={"3": report.after.per_class["3"]})
    assert [change.label for change in measures.class_changes(report.before, after)] == ["3"]
