"""The names of what the intake draws."""

import pytest

from core import overview


@pytest.mark.parametrize(("n", "size"), [(1, 1), (2, 4), (4, 4), (9, 9), (10, 16), (99, 16)])
def test_a_sheet_has_at_least_as_many_pictures_as_are_asked_for(n, size):
    assert overview.sheet_name(n) == f"preview-{size}.png"
