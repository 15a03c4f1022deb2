from core.report import figures


def test_a_full_report_has_all_figures_in_reading_order(report):
    names = [chart.name for chart in figures.of_report(report)]
    assert names == ["before-after", "pruning-curve", "training-curves", "per-class-change"]


def test_a_report_of_nothing_has_the_hatched_bars_alone(unmeasured_report):
    assert [chart.name for chart in figures.of_report(unmeasured_report)] == ["before-after"]


def test_every_caption_is_one_sentence(report):
    captions = [chart.caption for chart in figures.of_report(report)]
    assert all(caption.endswith(".") and ". " not in caption for caption in captions)
