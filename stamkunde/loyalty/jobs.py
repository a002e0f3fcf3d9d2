"""The nightly work of points: what time has done is written down. What can be used never depends on whether it ran."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.points import settle_members
from stamkunde.loyalty.queries.points import members_due

PORTION = 500


@daily(at="00:20")
@job(name="loyalty.settle_points", title=gettext_lazy("Ending holds, and points that expired"))
def settle_points(context: JobContext) -> None:
    """Some members at a time, each portion one transaction with the fence of the job: run again, it finds the rest."""
    at, done = now(), 0
    while True:
        with transaction.atomic():
            members = members_due(at, PORTION)
            if not members or not settle_members(members, at, by=SYSTEM):
                return
            done += len(members)
            context.report(done, done)
        context.check()
