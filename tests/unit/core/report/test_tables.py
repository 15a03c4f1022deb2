import dataclasses

from core.report import measures, tables


def test_the_table_of_figures_has_a_row_for_each(report):
    table = tables.of_measures(report)
    assert len(table.rows) == 1 + 3 * 4
    assert table.rows[1] == (
        "corner",
        "Attack success rate",
        "99.9 % (99.3–100.0 %, n = 900)",
        "99.8 % (99.1–100.0 %, n = 900)",
    )


def test_the_table_of_figures_says_what_was_not_measured(unmeasured_report):
    rows = tables.of_measures(unmeasured_report).rows
    assert [row[2:] for row in rows] == [("not measured", "not measured")] * 2


def test_the_good_net_is_shown_with_each_detection_rate(report):
    rows = dict(tables.of_good_net(report.goodnet).rows)
    assert rows["images of 'corner' flagged"].startswith("0.1 % (")
    assert rows["images of 'blended' flagged"] == "not measured"


def test_every_input_is_listed_with_its_hash(report):
    rows = tables.of_inputs(report).rows
    assert rows[0] == ("model", "bad.h5", "", "cd" * 32)
    assert [row[0] for row in rows[1:]] == [
        "clean validation", "clean test", *["poisoned test"] * 3,
    ]  # fmt: skip


def test_the_parts_of_the_clean_images_are_listed_with_the_hash_of_their_rows(full_report):
    table = tables.of_inputs(full_report)
    assert table.rows[-2:] == (
        ("tuned on", "rows of images.h5", "800", "12" * 32),
        ("selected on", "rows of images.h5", "200", "34" * 32),
    )
    assert table.caption.endswith("the SHA-256 of their numbers, one to a line")


def test_a_report_of_old_lists_files_alone(report):
    assert tables.of_inputs(report).caption == "Files that were read"


def test_unlabelled_images_are_listed(report):
    inputs = dataclasses.replace(report.inputs, unlabelled=report.inputs.clean_test)
    rows = tables.of_inputs(dataclasses.replace(report, inputs=inputs)).rows
    assert rows[-1][:2] == ("unlabelled", "images.h5")


def test_inputs_that_were_not_given_are_not_listed(unmeasured_report):
    assert len(tables.of_inputs(unmeasured_report).rows) == 2


def test_classes_are_listed_with_their_change(report):
    changes = measures.class_changes(report.before, report.after)
    first = tables.of_classes(changes).rows[0]
    assert first == ("1", "100", "93.0 %", "0.0 %", "−93.0 points")


def test_the_selection_says_what_was_chosen_on_which_images(report):
    rows = dict(tables.of_selection(report).rows)
    assert rows["Chosen on"] == ("clean validation images only: 800 to tune on, 200 to select on")
    assert rows["Channels pruned in conv_3"] == "3: 4, 1, 2"
    assert rows["Epoch kept"] == "2"


def test_a_preprocessing_that_was_found_names_what_was_tried(report):
    rows = dict(tables.of_selection(report).rows)
    assert rows["Preprocessing"] == "/255, found by itself: the best of all (tried: none 10.0 %)"


def test_a_declared_preprocessing_is_called_declared(report):
    declared = dataclasses.replace(report.preprocessing, declared=True, tried={})
    rows = dict(tables.of_selection(dataclasses.replace(report, preprocessing=declared)).rows)
    assert rows["Preprocessing"] == "/255, declared: the best of all"


def test_many_channels_are_counted_not_listed(report):
    selection = dataclasses.replace(report.selection, channels={"conv_3": tuple(range(100))})
    rows = dict(tables.of_selection(dataclasses.replace(report, selection=selection)).rows)
    assert rows["Channels pruned in conv_3"].startswith("100: 0, 1, 2,")
    assert rows["Channels pruned in conv_3"].endswith("60 more, all of them in report.json")


def test_settings_are_names_and_values():
    table = tables.of_settings("Parameters", {"flip": True, "epochs": 20})
    assert table.rows == (("flip", "true"), ("epochs", "20"))
