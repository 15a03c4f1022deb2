"""How often somebody may ask."""

import pytest

from service import errors
from service.settings import Settings
from tests import brokers
from web.rates import Rates


def _rates(folder, **settings):
    return Rates(Settings(state_folder=folder, login_rate="2/minute", **settings))


@pytest.fixture
def alone(tmp_path):
    """Counted in this process: there is no broker."""
    return _rates(tmp_path, broker_url="redis+socket:///nowhere/broker.sock")


def test_more_than_may_be_is_refused_with_when_to_come_again(alone):
    alone.count("login", "ada")
    alone.count("login", "ada")
    with pytest.raises(errors.RateLimited, match="2 per 1 minute") as refused:
        alone.count("login", "ada")
    assert 1 <= refused.value.details["retry_after_s"] <= 60
    alone.count("login", "grace")


def test_a_look_is_not_counted(alone):
    for _ in range(5):
        alone.check("login", "ada")
    alone.count("login", "ada")
    alone.count("login", "ada")
    with pytest.raises(errors.RateLimited):
        alone.check("login", "ada")


def test_what_has_no_rate_is_not_counted(tmp_path):
    rates = _rates(tmp_path, broker_url="amqp://nowhere", job_rate="")
    for _ in range(10):
        rates.count("job", "ada")


def test_web_servers_count_together(tmp_path):
    with brokers.valkey() as url:
        first, second = (_rates(tmp_path, broker_url=url) for _ in range(2))
        first.count("login", "ada")
        second.count("login", "ada")
        with pytest.raises(errors.RateLimited) as refused:
            first.count("login", "ada")
        assert 1 <= refused.value.details["retry_after_s"] <= 60
    first.count("login", "ada")  # the broker is away, and nobody is shut out by that


@pytest.mark.parametrize("rate", ["10", "10/fortnight", "0/minute", "many"])
def test_a_rate_is_so_many_in_a_time(tmp_path, rate):
    with pytest.raises(errors.InvalidSettings, match="NETMEND_JOB_RATE"):
        Settings(state_folder=tmp_path, job_rate=rate)
