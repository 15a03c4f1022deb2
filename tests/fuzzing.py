"""The API as it runs, asked all that its own description allows, and more: by schemathesis.

Run: python -m tests.fuzzing [SECONDS [SEED]]
"""

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from netmend import processes
from service import accounts, artifacts, db, jobs, storage
from service.jobs import Outcome
from service.settings import Settings
from service.storage import Storage
from service.tables import User
from tests import factories

#: What an answer has to keep to. Not asked is whether all that the description allows is accepted:
#: what an id names has to be there, which a description cannot say.
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
#: It says 503, as it should: nobody is behind this server.
_UNWELL = "/readyz"
_N_JOBS = 4
_PATIENCE_S = 60.0


def main() -> None:
    """Ask with a token and without one; the exit code says whether all went well."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 2**32
    with tempfile.TemporaryDirectory(prefix="netmend") as folder:
        outcomes = ask(Path(folder), seconds=seconds, seed=seed)
    for outcome in outcomes:
        sys.stdout.write(outcome.stdout)
    sys.exit(max(outcome.returncode for outcome in outcomes))


def ask(folder: Path, *, seconds: int, seed: int) -> list[subprocess.CompletedProcess[str]]:
    """Ask a server of its own: so long with a token, then a little without one.

    Args:
        folder: Empty; the server keeps everything there.
        seconds: How long to ask.
        seed: Of what is asked.
    """
    settings = Settings(
        state_folder=folder / "state",
        broker_url=f"redis+socket://{folder}/nobody.sock",
        max_upload_bytes=10**6,
        min_free_bytes=0,
        upload_rate="",
        job_rate="",
        log_level="warning",
    )
    token, known = _filled(settings)
    (folder / "schemathesis.toml").write_text(_toml(known))
    with _served(settings) as url:
        own = ["-H", f"Authorization: Bearer {token}", "--max-time", f"{seconds}"]
        stranger = ["--phases", "coverage", "--max-examples", "1"]
        return [_run(url, folder, seed, own), _run(url, folder, seed, stranger)]


def _filled(settings: Settings) -> tuple[str, dict[str, list[str]]]:
    """A token, and parameters of paths to ids that there are."""
    engine = db.make_engine(settings)
    db.upgrade(engine)
    with db.session_scope(engine) as session:
        user = accounts.create_user(session, "somebody", "admin")
        token = accounts.issue_token(session, user, "fuzzing", ["admin"])
        known = {
            "job_id": list(_jobs(session, storage.make_storage(settings), user)),
            "model_id": [factories.make_model(session, user).id for _ in range(_N_JOBS)],
            "dataset_id": [factories.make_dataset(session, user).id for _ in range(_N_JOBS)],
            "upload_id": [factories.make_upload(session, user).id for _ in range(_N_JOBS)],
        }
    engine.dispose()
    return token, known


def _jobs(session: Session, kept: Storage, user: User) -> Iterator[str]:
    """Jobs that wait, that run, and that are done and have files."""
    for _ in range(_N_JOBS):
        yield factories.make_job(session, user).id
        claim = factories.make_claim(session, factories.make_job(session, user))
        yield claim.job_id
        claim = factories.make_claim(session, factories.make_job(session, user))
        stored = kept.put(io.BytesIO(b"{}"))
        files = (artifacts.KeptFile(name="report.json", sha256=stored.sha256, n_bytes=2),)
        report = factories.make_report()
        jobs.finish(session, claim, Outcome(reports={"": report}, files=files))
        yield claim.job_id


def _toml(known: Mapping[str, Sequence[str]]) -> str:
    """Half of the time, paths name what there is."""
    lists = [f"[dictionaries.{name}]\nvalues = {json.dumps(ids)}" for name, ids in known.items()]
    bound = [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.7 }}' for name in known]
    return "\n".join([*lists, "[parameters]", *bound, ""])


@contextlib.contextmanager
def _served(settings: Settings) -> Iterator[str]:
    """The address of the web server, as `netmend web` runs it."""
    given = settings.model_dump(include=settings.model_fields_set)
    variables = {f"NETMEND_{name.upper()}": str(value) for name, value in given.items()}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        descriptor = listener.fileno()
        command = processes.web(settings, bind=f"fd://{descriptor}")
        environment = {**os.environ, **variables}
        with subprocess.Popen(command, env=environment, pass_fds=[descriptor]) as server:
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.terminate()


def _run(
    url: str, folder: Path, seed: int, more: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("schemathesis"))
    command = [
        *(program, "--no-color", "run", f"{url}/api/v1/openapi.json"),
        *("--wait-for-schema", str(_PATIENCE_S), "--seed", str(seed), "--continue-on-failure"),
        *("--checks", ",".join(_CHECKS), "--exclude-path", _UNWELL, "--warnings", "off"),
        *more,
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


if __name__ == "__main__":
    main()
