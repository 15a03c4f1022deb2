from core.report import traces


def test_each_class_is_told_before_and_after_the_repair(full_report):
    rows = traces.of_traces(full_report.traces).rows
    assert rows[:5] == (
        ("0, suspected", "Head z", "9.3", "0.3"),
        ("0, suspected", "Margin z", "\N{MINUS SIGN}0.5", "0.1"),
        ("0, suspected", "Attractor z", "0.0", "0.0"),
        ("0, suspected", "Patch found", "98.0 % with 6.25 pixels", "90.0 % with 61 pixels"),
        ("0, suspected", "Added pattern found", "not measured", "not measured"),
    )
    assert rows[5] == ("4", "Head z", "not measured", "not measured")


def test_what_was_looked_at_is_told_with_what_it_does_not_show(full_report):
    text = traces.how_traced(full_report.traces)
    assert "(2) were looked at once more" in text and "nothing was chosen by it" in text
    assert "compares a class with the other classes of the same model" in text
    assert "on 800 tune images; their success is that on 200 select images" in text
    assert text.endswith("are no proof that a backdoor is absent.")


def test_where_nobody_looked_nothing_is_told():
    assert traces.of_traces(None) is None
    assert traces.how_traced(None) == ""
