"""Printing letters: they are taken out of the queue at once, and their PDF is made in the background."""

from collections.abc import Sequence

from stamkunde.conversations.actions.printing import Taken, note_job, print_letters
from stamkunde.conversations.jobs import make_print_run
from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor


@action
def print_in_background(numbers: Sequence[int], *, by: Actor) -> Taken:
    """Take letters out of the queue and begin to make their PDF; both happen, or neither does."""
    taken = print_letters(numbers, by=by)
    job = make_print_run.using(by=by).enqueue_once(f"print run:{taken.run.pk}", run_id=taken.run.pk)
    note_job(taken.run, job.pk)
    return taken
