"""The look at all parts of an installation."""

import io

import pytest

from service import db, doctor, storage, workers
from service.errors import InvalidSettings
from service.settings import Settings
from service.workers import Slot
from tests import brokers


def _states(settings):
    return {finding.part: finding.state for finding in doctor.examine(settings)}


@pytest.fixture
def installed(settings):
    """An installation with a broker and a worker, in a folder of its own."""
    settings.state_folder.chmod(0o700)
    storage.make_storage(settings).put(io.BytesIO(b"file"))
    engine = db.make_engine(settings)
    with db.session_scope(engine) as session:
        slot = Slot(id="1", host="here", process=1, queues=("cpu",), device="cpu")
        workers.seen(session, slot)
    engine.dispose()
    with brokers.valkey() as url:
        yield settings.model_copy(update={"broker_url": url})


def test_an_installation_that_is_well(installed):
    states = _states(installed)
    assert set(states.values()) == {"ok"}, states
    assert list(states) == [
        "settings", "state folder", "database", "workers", "queues", "dispatcher", "broker",
        "storage", "room on the disk", "sandbox", "GPU",
    ]  # fmt: skip


def test_nothing_is_left_of_a_look(installed):
    kept = storage.make_storage(installed)
    before = list(kept.iterate())
    list(doctor.examine(installed))
    assert list(kept.iterate()) == before


def test_nothing_is_installed_yet(tmp_path):
    folder = tmp_path / "state"
    settings = Settings(state_folder=folder, broker_url="redis://127.0.0.1:1/0")
    found = {finding.part: finding for finding in doctor.examine(settings)}
    assert [part for part, finding in found.items() if finding.state == "failed"] == [
        "database", "broker",
    ]  # fmt: skip
    assert "netmend db upgrade" in found["database"].mend
    assert not folder.exists()


def test_each_finding_that_is_not_well_says_what_to_do(tmp_path):
    settings = Settings(state_folder=tmp_path / "state", broker_url="redis://127.0.0.1:1/0")
    unwell = [finding for finding in doctor.examine(settings) if finding.state != "ok"]
    assert [finding for finding in unwell if not finding.mend] == []


def test_a_variable_that_nobody_reads_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("NETMEND_LEASES", "5")
    first = next(doctor.examine(Settings(state_folder=tmp_path)))
    assert (first.state, first.told) == ("warning", "NETMEND_LEASES: is NETMEND_LEASE_S meant?")


def test_settings_that_are_wrong_are_a_finding():
    finding = doctor.of_settings(InvalidSettings("NETMEND_LEASE_S: not a number"))
    assert (finding.part, finding.state) == ("settings", "failed")
