"""What there is to work on."""

import pytest

from service import devices


@pytest.fixture
def drivers(tmp_path):
    """A driver that knows two cards."""
    for bus, name, uuid in (("01", "First", "GPU-a"), ("02", "Second", "GPU-b")):
        (tmp_path / bus).mkdir()
        (tmp_path / bus / "information").write_text(f"Model: \t {name}\nGPU UUID: {uuid}\n")
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "found"), [("1", "Second"), ("GPU-b", "Second"), ("0,1", "First"), ("-1", "cpu")]
)
def test_the_first_card_that_may_be_used_is_named(drivers, monkeypatch, asked, found):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", asked)
    assert devices.visible(drivers) == found


def test_all_cards_may_be_used_if_nobody_says_otherwise(drivers, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert devices.visible(drivers) == "First"


def test_without_a_driver_there_is_the_processor(tmp_path):
    assert devices.visible(tmp_path / "none") == "cpu"
