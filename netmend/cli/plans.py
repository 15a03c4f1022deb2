"""What would be done, for `--dry-run`."""

from service.schemas import Plan

from . import phrases, terminal


def tell(plan: Plan, *, as_json: bool) -> int:
    """Print the jobs that there would be, how long they may take, and what may not be meant."""
    if as_json:
        terminal.print_json(plan.model_dump(mode="json"))
        return 0
    rows = (
        (job.name or job.request["method"], phrases.duration(job.estimated_seconds))
        for job in plan.jobs
    )
    terminal.print_table(("Job", "Time"), rows)
    total = phrases.duration(plan.estimated_seconds)
    terminal.say(f"{plan.n_jobs} jobs; one after another: {total}. Nothing was submitted.")
    for warning in dict.fromkeys(text for job in plan.jobs for text in job.warnings):
        terminal.say(f"Warning: {warning}", style="yellow")
    return 0
