"""What a server says of itself."""

from core import architectures, catalogue
from service import workers
from service.workers import Slot

URL = "/api/v1"


def test_links_lead_somewhere(client):
    links = client.get(f"{URL}/").get_json()["links"]
    assert {client.get(link).status_code for link in links.values()} <= {200, 405}


def test_the_version_is_told(client):
    assert client.get(f"{URL}/version").get_json()["api"] == "v1"


def test_limits_and_methods_are_told(client, settings):
    found = client.get(f"{URL}/capabilities").get_json()
    assert found["limits"]["max_upload_bytes"] == settings.max_upload_bytes
    assert found["methods"] == list(catalogue.METHODS)
    assert (found["has_gpu"], found["sandbox"]) == (False, None)


def test_a_gpu_is_there_when_a_worker_has_one(client, held):
    slot = Slot(id="w", host="here", process=1, queues=("gpu",), device="NVIDIA H100")
    with held.session() as session:
        workers.seen(session, slot)
    found = client.get(f"{URL}/capabilities").get_json()
    assert found["has_gpu"] is True
    assert {"name": "gpu", "n_workers": 1, "devices": ["NVIDIA H100"]} in found["queues"]


def test_how_uploads_are_locked_up_is_told(client, held, inputs):
    with held.session() as session:
        facts = '{"sandbox": {"landlock_abi": 4, "seccomp": true}}'
        session.connection().exec_driver_sql("UPDATE models SET facts = ?", (facts,))
        session.connection().exec_driver_sql("UPDATE datasets SET facts = ?", (facts,))
    found = client.get(f"{URL}/capabilities").get_json()
    assert found["sandbox"] == {"landlock_abi": 4, "seccomp": True}


def test_the_names_of_architectures_are_those_there_are():
    assert tuple(architectures.NAMED) == catalogue.ARCHITECTURES
