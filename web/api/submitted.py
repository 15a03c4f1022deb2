"""How an API answers to who submits a job: at once, or once the job has ended."""

from typing import Any

import flask

from service import estimates, jobs, schemas

from .. import announcing, answering, reading, services

#: So long at most a request waits for the end of the job that it submits.
_LONGEST_WAIT_S = 60.0


def accepted(session: Any, job: Any) -> flask.Response:
    """The job is kept, and will be done."""
    told = view(session, job)
    announcing.after_this_request(session, told.id)
    address = flask.url_for("api.jobs.show_job", job_id=told.id)
    return answering.view(told, status=202, location=address)


def when_ended(answer: flask.Response) -> flask.Response:
    """What to answer in place of `accepted`: the job once it has ended, if the caller waits."""
    wait_s = reading.wait_s(default=0, at_most=_LONGEST_WAIT_S)
    if not wait_s:
        return answer
    announcing.before_waiting()
    job_id, sessions = answer.get_json()["id"], services.readers()

    def is_over() -> bool:
        with sessions() as session:
            return jobs.get(session, job_id).state in schemas.FINAL_STATES

    if not services.current().streams.wait(is_over, at_most_s=wait_s):
        return answer
    with sessions() as session:
        told = view(session, jobs.get(session, job_id))
    return answering.view(told, preference_applied=f"wait={wait_s:g}")


def view(session: Any, job: Any) -> schemas.JobView:
    """A job, with how long it waits and takes."""
    position = jobs.position(session, job)
    return schemas.JobView.of(
        job,
        position=position,
        starts_in_seconds=estimates.start_seconds(session, job, position),
        eta_seconds=estimates.remaining_seconds(session, job),
    )
