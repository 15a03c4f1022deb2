"""`netmend try`."""

import pytest

from netmend.client.predictions import Predictions
from service.schemas import PredictionView

SCORE = {"label": 3, "top": [{"label": 3, "probability": 0.875}]}
ANSWER = PredictionView.model_validate(
    {
        "job_id": "0" * 36, "n_classes": 4, "preprocessing": "/255",
        "notes": ["1 of 1 pictures were resized"],
        "pictures": [
            {
                "name": "face.png", "resized_from": [9, 9], "label": None, "before": None,
                "after": SCORE, "goodnet": SCORE, "backdoored": True,
            }
        ],
    }
)  # fmt: skip


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Stands for the server; what it was asked."""
    calls = []

    def of_job(_, job_id, pictures, **options):
        calls.append((job_id, [path.name for path in pictures], options))
        return ANSWER

    monkeypatch.setattr(Predictions, "of_job", of_job)
    return calls


def test_each_picture_is_a_row(run, asked):
    code, out = run("try", "JOB", "face.png", "--budget", "0.02")
    assert (code, asked[0][:2]) == (0, ("JOB", ["face.png"]))
    assert asked[0][2]["budget"] == 0.02
    assert "not asked" in out
    assert "3 (87.5%) (backdoored)" in out
    assert "1 of 1 pictures were resized" in out


def test_programs_get_everything(run):
    code, found = run("try", "JOB", "face.png", "--json")
    assert (code, found["pictures"][0]["backdoored"]) == (0, True)
