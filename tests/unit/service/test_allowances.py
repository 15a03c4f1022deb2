"""What each user may have, and how the service is reached: part of the settings."""

import pytest

from service import errors
from service.settings import Settings


@pytest.mark.parametrize("url", ["netmend.example", "ftp://netmend.example", "https://a.example/x"])
def test_an_address_is_a_scheme_and_a_host(tmp_path, url):
    with pytest.raises(errors.InvalidSettings, match="NETMEND_PUBLIC_URL"):
        Settings(state_folder=tmp_path, public_url=url)


def test_an_empty_address_is_none(tmp_path):
    settings = Settings(state_folder=tmp_path, public_url="", web_port=9000)
    assert (settings.public_url, settings.address) == (None, "http://127.0.0.1:9000")


def test_links_begin_with_how_browsers_reach_us(tmp_path):
    settings = Settings(state_folder=tmp_path, public_url="https://netmend.example")
    assert settings.address == "https://netmend.example"


@pytest.mark.parametrize("rate", ["", "1/second", "1200/minute", "5/day"])
def test_a_rate_may_be_left_out(tmp_path, rate):
    assert Settings(state_folder=tmp_path, login_rate=rate).login_rate == rate
