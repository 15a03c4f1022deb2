"""The application over an empty database, with a token for each scope."""

import shutil

import pytest

from service import accounts, db, jobs
from service.settings import Settings
from web import app as web_app


@pytest.fixture
def settings(tmp_path):
    return Settings(
        state_folder=tmp_path,
        broker_url="redis+socket:///nowhere/broker.sock",
        max_upload_bytes=1000,
        max_streams=2,
    )


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A database with all tables and no rows; made once, since migrations take a while."""
    folder = tmp_path_factory.mktemp("database")
    engine = db.make_engine(Settings(state_folder=folder))
    db.upgrade(engine)
    engine.dispose()  # the last connection moves everything from the log into the file
    return folder / "netmend.sqlite"


@pytest.fixture
def app(settings, empty_database):
    shutil.copy(empty_database, settings.state_folder)
    app = web_app.create_app(settings)
    yield app
    app.extensions["netmend"].engine.dispose()


@pytest.fixture
def tokens(app):
    with app.extensions["netmend"].session() as session:
        user = accounts.create_user(session, "somebody", "admin")
        return {
            scope: accounts.issue_token(session, user, scope, [scope]) for scope in accounts.SCOPES
        }


@pytest.fixture
def client(app, tokens):
    """Somebody who may do everything."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {tokens['admin']}"
    return client


@pytest.fixture
def stranger(app):
    """Somebody else, who may do what everybody may."""
    with app.extensions["netmend"].session() as session:
        user = accounts.create_user(session, "stranger")
        token = accounts.issue_token(session, user, "theirs", ["read", "submit"])
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture
def other_client(app):
    """Somebody else."""
    with app.extensions["netmend"].session() as session:
        user = accounts.create_user(session, "somebody else", "admin")
        token = accounts.issue_token(session, user, "theirs", ["admin"])
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture
def held(app):
    """Engine, storage and queue of the application."""
    return app.extensions["netmend"]


@pytest.fixture
def send(client):
    """A function: the id of a complete upload of these bytes."""

    def send(content=b"content"):
        announced = client.post("/api/v1/uploads", json={"file_name": "a.h5"})
        return client.put(announced.headers["Location"], data=content).get_json()["id"]

    return send


@pytest.fixture
def upload(send):
    """Id of a complete upload."""
    return send()


@pytest.fixture
def inputs(client, held, upload):
    """What a job asks for at least: a model and clean images, both ready."""
    model = _ready(client, held, "models", upload)
    images = _ready(client, held, "datasets", upload)
    return {"model": model, "data": {"clean_validation": images}}


@pytest.fixture
def job(client, inputs):
    """A job that waits, as JSON."""
    return client.post("/api/v1/jobs", json={"method": "fine-pruning", **inputs}).get_json()


def _ready(client, held, kind, upload):
    subject = client.post(f"/api/v1/{kind}", json={"upload_id": upload}).get_json()
    with held.session() as session:
        claim = jobs.claim(session, subject["intake_job_id"], worker_id="w", lease_s=60)
        outcome = jobs.Outcome(facts={"n_classes": 4}, canonical_sha256="0" * 64)
        jobs.finish(session, claim, outcome)
    return subject["id"]
