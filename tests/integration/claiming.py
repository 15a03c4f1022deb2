"""A worker that claims all it can: ``python -m tests.integration.claiming NAME < job ids``.

Prints the ids of the jobs that it got. The settings come from the environment.
"""

import sys

from service import db, jobs
from service.jobs import Outcome
from service.settings import Settings


def main(name: str) -> None:
    """Claim and finish every job that stdin names."""
    engine = db.make_engine(Settings())
    with db.session_scope(engine, read_only=True):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
    for job_id in sys.stdin.read().split():
        with db.session_scope(engine) as session:
            claim = jobs.claim(session, job_id, worker_id=name, lease_s=60)
        if claim is not None:
            with db.session_scope(engine) as session:
                assert jobs.start(session, claim)
            with db.session_scope(engine) as session:
                assert jobs.finish(session, claim, Outcome())
            sys.stdout.write(f"{job_id}\n")


if __name__ == "__main__":
    main(sys.argv[1])
