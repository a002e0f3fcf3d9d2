"""Asking for the work of the night by day."""

from stamkunde.accountability.jobs import end_what_is_over
from stamkunde.events.publishing import action
from stamkunde.jobs.models import Job
from stamkunde.kit.actor import Actor


@action
def run_now(*, by: Actor) -> Job:
    """Let the work begin now; if it runs or waits already, it is that one."""
    return end_what_is_over.using(by=by).enqueue_once(f"schedule:{end_what_is_over.kind.name}")
