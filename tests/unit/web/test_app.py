"""What a server starts."""

import subprocess
import sys

from web import app as web_app


def test_it_is_made_without_asking_anybody(settings):
    away = settings.model_copy(update={"database_url": "postgresql+psycopg://nobody@nowhere/x"})
    assert web_app.create_app(away).test_client().get("/healthz").status_code == 200


def test_a_database_that_is_away_is_told(settings):
    url = "postgresql+psycopg://nobody@127.0.0.1:1/x"
    away = settings.model_copy(update={"database_url": url})
    headers = {"Authorization": "Bearer nmt_x.x"}
    answer = web_app.create_app(away).test_client().get("/api/v1/jobs", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database-unavailable")


def test_settings_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("NETMEND_STATE_FOLDER", str(tmp_path))
    held = web_app.from_environment().extensions["netmend"]
    assert held.settings.state_folder == tmp_path


def test_any_host_will_do_if_that_is_wished(settings):
    app = web_app.create_app(settings.model_copy(update={"trusted_hosts": ("*",)}))
    assert app.test_client().get("/healthz", headers={"Host": "any.example"}).status_code == 200


def test_no_tensorflow_is_loaded():
    look = "import sys, web.app; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look]).returncode == 0
