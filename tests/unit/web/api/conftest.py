"""What several resources need: a repair that has ended."""

import io

import pytest

from service import jobs
from service.artifacts import KeptFile
from tests import factories

HTML = b"<html><main><p>report</p></main></html>"
MADE = {
    "report.html": HTML,
    "report.md": b"# report\n",
    "repaired.h5": b"repaired",
    "goodnet.h5": b"both",
    "log.txt": b"first line\nlast line\n",
}


@pytest.fixture
def repaired(held, job):
    """Address of a repair that has ended, with a report and files."""
    stored = {name: held.storage.put(io.BytesIO(content)) for name, content in MADE.items()}
    files = tuple(
        KeptFile(name=name, sha256=file.sha256, n_bytes=file.n_bytes)
        for name, file in stored.items()
    )
    with held.session() as session:
        claim = jobs.claim(session, job["id"], worker_id="w", lease_s=60)
        outcome = jobs.Outcome(reports={"": factories.make_report()}, files=files)
        assert jobs.finish(session, claim, outcome)
    return f"/api/v1/jobs/{job['id']}"
