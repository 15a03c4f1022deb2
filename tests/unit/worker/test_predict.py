"""Models are tried in a child; here a script stands for it, and real children meet the pictures."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from core import children
from service import db, jobs
from service.tables import Dataset, Job
from worker import supervisor

#: Answers with what it was asked.
ECHO = "tell(result={'asked': request, 'found': sorted(os.listdir(request['pictures']))})"


@pytest.fixture(autouse=True)
def model(monkeypatch):
    """Stands for the child that checks models; what it was called with."""
    calls = []

    def ingest_model(path, folder, **options):
        calls.append((path.read_bytes(), options["name"]))
        folder.mkdir()
        return {"input_shape": [4, 5, 3]}

    monkeypatch.setattr(children, "ingest_model", ingest_model)
    return calls


def picture(width, height):
    content = io.BytesIO()
    Image.fromarray(np.zeros((height, width, 3), np.uint8)).save(content, "PNG")
    return content.getvalue()


def tried(shop, *contents, script=ECHO, **request):
    """A job that tried models on some pictures, as it ended."""
    put = shop.services.storage.put
    stored = [put(io.BytesIO(content)).sha256 for content in contents]
    files = [{"name": f"{n}.png", "sha256": sha256} for n, sha256 in enumerate(stored)]
    asked = {
        "models": {"goodnet": {"name": "goodnet.h5", "sha256": put(io.BytesIO(b"net")).sha256}},
        "preprocessing": "/255",
        "input_shape": None,
        "pictures": {"files": files},
        "top": 3,
        **request,
    }
    job = Job(kind="predict", queue="quick", owner_id=shop.owner_id, request=asked)
    with db.session_scope(shop.services.engine) as session:
        job_id = jobs.add(session, job, []).id
    supervisor.run(job_id, shop.with_children(script).services)
    return shop.job(job_id)


def test_the_answers_are_the_result_of_the_job(shop, model):
    job = tried(shop, picture(5, 4))
    assert (job.state, model) == ("succeeded", [(b"net", "goodnet")])
    assert job.result["asked"]["top"] == 3
    assert "images.npy" in job.result["found"]


def test_pictures_of_another_size_are_resized_and_told(shop):
    asked = tried(shop, picture(5, 4), picture(50, 40)).result["asked"]["asked"]
    assert [item["name"] for item in asked] == ["0.png", "1.png"]
    assert [item["resized_from"] for item in asked] == [None, [50, 40]]


def test_a_picture_that_cannot_be_used_is_named(shop):
    job = tried(shop, picture(5, 4), b"\x89PNG and no more")
    assert (job.state, job.error["code"]) == ("failed", "corrupt-file")
    assert job.error["details"]["file_name"] == "1.png"
    assert job.error["details"]["pointer"] == "#/file/1"


def test_too_large_a_set_of_pictures_is_refused(shop):
    content = io.BytesIO()
    np.savez(content, data=np.zeros((65, 4, 5, 3)), label=[0] * 65)
    assert tried(shop, content.getvalue()).error["code"] == "too-large"


def test_images_of_a_data_set_are_named_by_their_place(shop):
    with db.session_scope(shop.services.engine) as session:
        dataset = shop.ready(Dataset)
        session.add(dataset)
        session.flush()
        sha256 = dataset.canonical_sha256
    pictures = {"name": "faces", "canonical_sha256": sha256, "indices": [7, 3]}
    job = tried(shop, pictures=pictures)
    asked = job.result["asked"]["asked"]
    assert [(item["name"], item["index"]) for item in asked] == [("faces 7", 7), ("faces 3", 3)]
    assert json.dumps(job.result["found"]) == '["facts.json"]'


def test_it_may_not_take_long(shop):
    limited = shop.with_settings(predict_time_limit_s=1.0)
    job = tried(limited, picture(5, 4), script="time.sleep(60)")
    assert job.error["code"] == "time-limit-exceeded"
