"""The child that does the work is asked, and answers."""

import sys

import pytest

from core import children
from core.children import process
from core.results import Event

#: Stands for the real one, which takes seconds to load TensorFlow.
WORKER = """
import json, os, sys
request = json.load(sys.stdin)
print(json.dumps({"event": {"stage": "load", "message": os.getcwd()}}))
print(json.dumps({"result": request["request"]["n"] + 1}))
"""


def test_a_request_is_answered_with_events_on_the_way(tmp_path, monkeypatch):
    asked = []

    def command(module):
        asked.append(module)
        return [sys.executable, "-c", WORKER]

    monkeypatch.setattr(process, "python_module", command)
    told = []
    request = {"kind": "count", "request": {"n": 1}}
    assert children.run(request, on_event=told.append, folder=tmp_path) == 2
    assert told == [Event(stage="load", message=str(tmp_path))]
    assert asked == ["core"]


#: Stands for the real one kept warm: says where it is, and that it was started before it was asked.
SPARE = """
import json, os, sys
open("started", "w").close()
request = json.load(sys.stdin)
os.chdir(request["folder"])
print(json.dumps({"result": [sys.argv[1], os.getcwd(), request["kind"]]}))
"""


@pytest.fixture
def spare(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "python_module", lambda _: [sys.executable, "-c", SPARE])
    (tmp_path / "waiting").mkdir()
    with children.spare(tmp_path / "waiting") as child:
        yield child


def test_a_spare_waits_until_it_is_asked_and_then_moves_to_its_folder(spare, tmp_path):
    while not (tmp_path / "waiting" / "started").exists():
        assert spare.is_running()
    asked = {"kind": "count"}
    result = children.run_in(spare, asked, on_event=lambda _: None, folder=tmp_path)
    assert result == ["--warm", str(tmp_path), "count"]
    assert not spare.is_running()
