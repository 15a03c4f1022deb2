"""Settings come from the environment, once."""

from pathlib import Path

import pydantic
import pytest

from service import errors
from service.settings import Settings, markdown


def test_paths_follow_the_state_folder(tmp_path):
    settings = Settings(state_folder=tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/netmend.sqlite"
    assert settings.storage_url == f"{tmp_path}/storage"
    assert (settings.upload_folder, settings.job_folder) == (
        tmp_path / "uploads",
        tmp_path / "jobs",
    )


def test_a_setting_comes_from_its_variable(monkeypatch):
    monkeypatch.setenv("NETMEND_STATE_FOLDER", "~/somewhere")
    monkeypatch.setenv("NETMEND_MAX_WORKER_LOSSES", "5")
    settings = Settings()
    assert settings.max_worker_losses == 5
    assert settings.state_folder == Path.home() / "somewhere"


@pytest.mark.parametrize(
    "text", ["a.example,b.example", "a.example, b.example", "a.example b.example"]
)
def test_host_names_are_separated_by_commas(monkeypatch, text):
    monkeypatch.setenv("NETMEND_TRUSTED_HOSTS", text)
    assert Settings().trusted_hosts == ("a.example", "b.example")


def test_every_malformed_variable_is_named(monkeypatch):
    monkeypatch.setenv("NETMEND_WEB_PORT", "many")
    monkeypatch.setenv("NETMEND_LEASE_S", "0")
    with pytest.raises(errors.InvalidSettings, match=r"NETMEND_WEB_PORT: .*integer") as caught:
        Settings()
    assert caught.value.details["variables"] == ["NETMEND_LEASE_S", "NETMEND_WEB_PORT"]


def test_a_lease_outlives_a_lost_heartbeat():
    with pytest.raises(errors.InvalidSettings, match="LEASE_S must be at least twice"):
        Settings(lease_s=5, heartbeat_s=3)


def test_settings_do_not_change(tmp_path):
    with pytest.raises(pydantic.ValidationError):
        Settings(state_folder=tmp_path).lease_s = 1


def test_the_documentation_has_a_row_for_each_setting():
    rows = markdown().splitlines()
    assert sum(row.startswith("| `NETMEND_") for row in rows) == len(Settings.model_fields)
    assert all(field.description for field in Settings.model_fields.values())
