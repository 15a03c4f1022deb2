"""Removes what attempts left behind whose worker was killed; nothing else would."""

import shutil

from service import db, jobs

from . import folders
from .services import Services


def tidy(services: Services) -> None:
    """Remove the folders of attempts that are over, whoever made them on this machine.

    Raises:
        DatabaseUnavailable: Nobody can tell which are over; nothing is removed.
    """
    found = folders.attempts_in(services.settings.job_folder)
    if not found:
        return
    # Folders are listed first: one that appears meanwhile belongs to an attempt that has begun.
    with db.session_scope(services.engine, read_only=True) as session:
        live = jobs.live_attempts(session, [left.job_id for left in found])
    for left in found:
        if (left.job_id, left.attempt) not in live:
            shutil.rmtree(left.path, ignore_errors=True)
