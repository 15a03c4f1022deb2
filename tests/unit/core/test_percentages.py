import pytest

from core.percentages import percent, points


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0.0 %"), (1.0, "100.0 %"), (0.5, "50.0 %"), (0.9998, "99.98 %"), (0.00004, "0.004 %")],
)
def test_a_share_is_said_with_one_decimal_but_never_rounded_to_nothing_or_all(share, said):
    assert percent(share) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [(0.0, "no change"), (0.005, "+0.5 points"), (-0.912, "−91.2 points"), (2e-4, "+0.02 points")],
)
def test_a_change_is_said_in_signed_points(change, said):
    assert points(change) == said
