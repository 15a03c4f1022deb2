import pytest

from core.percentages import percent


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0.0 %"), (1.0, "100.0 %"), (0.5, "50.0 %"), (0.9998, "99.98 %"), (0.00004, "0.004 %")],
)
def test_a_share_is_said_with_one_decimal_but_never_rounded_to_nothing_or_all(share, said):
    assert percent(share) == said
