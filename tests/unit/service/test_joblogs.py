"""The log of a job: what happened to it, then what was written, an attempt after the other."""

import io

import pytest

from core.results import Event
from service import artifacts, joblogs, jobs, storage
from service.artifacts import KeptFile
from service.settings import Settings
from tests import factories


@pytest.fixture
def kept(tmp_path):
    return storage.make_storage(Settings(state_folder=tmp_path / "files"))


def log(kept, name, text):
    file = kept.put(io.BytesIO(text))
    return KeptFile(name=name, sha256=file.sha256, n_bytes=file.n_bytes)


def test_each_event_is_a_line(session):
    claim = factories.make_claim(session)
    jobs.record_events(session, claim, [Event(stage="prune", current=1, total=2)] * 600)
    told, files = joblogs.pieces(session, claim.job_id)
    assert (told.count("\n"), files) == (602, [])
    assert told.endswith("progress stage=prune current=1 total=2\n")


def test_logs_come_in_the_order_of_the_attempts(session, kept):
    claim = factories.make_claim(session)
    artifacts.add(session, claim.job_id, 1, [log(kept, "log-attempt-1.txt", b"one\n")])
    assert joblogs.pieces(session, claim.job_id)[1] == []
    jobs.release(session, claim)
    again = factories.make_claim(session, jobs.get(session, claim.job_id))
    files = (log(kept, "log.txt", b"two\n"), log(kept, "report.md", b"no log"))
    jobs.finish(session, again, jobs.Outcome(files=files))
    whole = joblogs.text(*joblogs.pieces(session, claim.job_id), kept)
    assert whole.endswith(b"--- attempt 1\none\n--- attempt 2\ntwo\n")
