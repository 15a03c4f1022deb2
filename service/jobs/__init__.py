"""Jobs: submitted, claimed, kept alive, ended exactly once.

The row is the only truth. A worker owns a job by a lease and a fencing token, its ``attempt``;
every write that it makes is one UPDATE that also asks for that token, so that a worker who was
thought dead, and comes back, can change nothing. Time is the database's clock alone.
"""

from . import inputs
from .adding import add
from .events import events_after, record_events
from .finishing import Outcome, canceled, fail, finish, release
from .leases import Beat, Swept, beat, claim, live_attempts, lose, start, sweep
from .logbook import lines as log_lines
from .queries import (
    NamedInput,
    count_by_queue,
    count_jobs,
    get,
    inputs_of,
    list_jobs,
    model_names,
    named_inputs_of,
)
from .sending import Hint, mark_sent, mark_unsent, position, waiting
from .submitting import NewJob, cancel, edit, retry, submit, submit_batch, submit_intake
from .transitions import Claim

__all__ = [
    "Beat",
    "Claim",
    "Hint",
    "NamedInput",
    "NewJob",
    "Outcome",
    "Swept",
    "add",
    "beat",
    "cancel",
    "canceled",
    "claim",
    "count_by_queue",
    "count_jobs",
    "edit",
    "events_after",
    "fail",
    "finish",
    "get",
    "inputs",
    "inputs_of",
    "list_jobs",
    "live_attempts",
    "log_lines",
    "lose",
    "mark_sent",
    "mark_unsent",
    "model_names",
    "named_inputs_of",
    "position",
    "record_events",
    "release",
    "retry",
    "start",
    "submit",
    "submit_batch",
    "submit_intake",
    "sweep",
    "waiting",
]
