"""Long work over all rows of a table, some at a time, telling how far it is and stopping where it is asked to."""

from collections.abc import Callable

from django.db import transaction

from stamkunde.jobs.context import JobContext

Portion = Callable[[int], tuple[int, int]]
"""Does some rows that follow a number; returns the last one's number, and how many it were."""


def in_portions(context: JobContext, portion: Portion, *, total: int) -> None:
    """Go through the rows in the order of their numbers until none is left, each portion in one transaction."""
    done = after = 0
    while True:
        with transaction.atomic():
            after, taken = portion(after)
            done += taken
            context.report(done, max(done, total))
        if not taken:
            return
        context.check()
