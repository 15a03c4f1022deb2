"""The child that does the work is asked, and answers."""

import sys

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
