"""Jobs: submitted, claimed, kept alive, ended exactly once.

The row is the only truth. A worker owns a job by a lease and a fencing token, its ``attempt``;
every write that it makes is one UPDATE that also asks for that token, so that a worker who was
thought dead, and comes back, can change nothing. Time is the database's clock alone.
"""

from .events import events_after, record_events
from .finishing import Outcome, canceled, fail, finish, release
from .leases import Beat, Swept, beat, claim, lose, start, sweep
from .queries import count_by_queue, get, inputs_of, list_jobs
from .sending import Hint, mark_sent, position, waiting
from .submitting import cancel, edit, retry, submit, submit_intake
from .transitions import Claim

__all__ = [
    "Beat",
    "Claim",
    "Hint",
    "Outcome",
    "Swept",
    "beat",
    "cancel",
    "canceled",
    "claim",
    "count_by_queue",
    "edit",
    "events_after",
    "fail",
    "finish",
    "get",
    "inputs_of",
    "list_jobs",
    "lose",
    "mark_sent",
    "position",
    "record_events",
    "release",
    "retry",
    "start",
    "submit",
    "submit_intake",
    "sweep",
    "waiting",
]
