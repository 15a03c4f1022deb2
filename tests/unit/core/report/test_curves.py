import dataclasses
import xml.etree.ElementTree as ET

from core.report import curves


def _words(chart):
    return " ".join(text.strip() for text in ET.fromstring(chart.svg).itertext())


def test_the_chosen_point_is_marked_and_chosen_on_validation_images(report):
    chart = curves.pruning(report)
    assert "chosen: 3 channels, 91.2 %" in _words(chart)
    assert "(3 channels, 91.2 %) was chosen on clean validation images only" in chart.caption


def test_the_budget_is_the_accuracy_that_must_be_left(report):
    assert "budget: at least 89.0 %" in _words(curves.pruning(report))


def test_a_choice_that_is_not_on_the_curve_is_not_marked(report):
    selection = dataclasses.replace(report.selection, channels={"conv_3": tuple(range(50))})
    chart = curves.pruning(dataclasses.replace(report, selection=selection))
    assert "chosen:" not in _words(chart)
    assert "chosen on clean validation images only" in chart.caption


def test_every_step_of_the_sweep_is_in_the_table(report):
    rows = curves.pruning(report).table.rows
    assert len(rows) == 6
    assert rows[1] == ("1", "conv_3", "1", "92.8 %")


def test_a_method_without_a_sweep_has_no_pruning_curve(unmeasured_report):
    assert curves.pruning(unmeasured_report) is None


def test_the_kept_epoch_is_marked(report):
    chart = curves.training(report)
    assert "kept: epoch 2" in _words(chart)
    assert chart.caption.endswith("the weights of epoch 2 were kept.")


def test_without_a_kept_epoch_none_is_marked(report):
    selection = dataclasses.replace(report.selection, epoch=None)
    chart = curves.training(dataclasses.replace(report, selection=selection))
    assert "kept" not in _words(chart) + chart.caption


def test_the_epoch_before_training_has_no_loss(report):
    assert curves.training(report).table.rows[0] == ("0", "", "90.0 %", "")


def test_a_method_without_training_has_no_training_curves(unmeasured_report):
    assert curves.training(unmeasured_report) is None


def test_a_single_epoch_can_be_drawn(report):
    single = dataclasses.replace(report, training_curve=report.training_curve[1:2])
    assert "training loss" in _words(curves.training(single))
