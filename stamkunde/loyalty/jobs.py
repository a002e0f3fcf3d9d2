"""The nightly work of points: what time has done is written down. What can be used never depends on whether it ran."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from stamkunde.jobs.context import JobContext
from stamkunde.jobs.declaring import job
from stamkunde.jobs.schedules import daily
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.levels import settle_levels
from stamkunde.loyalty.actions.points import settle_members
from stamkunde.loyalty.actions.referrals import settle_referrals
from stamkunde.loyalty.models import Membership
from stamkunde.loyalty.queries.points import members_due

PORTION = 500
AT_ONCE = 100
"""Members whose levels are settled at once: as long as it takes, they cannot buy."""


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


@daily(at="00:40")
@job(name="loyalty.settle_levels", title=gettext_lazy("Levels of members that began or ended"))
def settle_levels_of_all(context: JobContext) -> None:
    """Write down which level everybody has, some members at a time; a changed rule takes effect so, too."""
    at, last, done = now(), 0, 0
    while True:
        with transaction.atomic():
            own = Membership.objects.living().filter(pk__gt=last, programme__tiers__isnull=False)
            members = list(own.order_by("pk").distinct()[:AT_ONCE])
            if not members:
                return
            settle_levels(members, at, by=SYSTEM)
            last, done = members[-1].pk, done + len(members)
            context.report(done, done)
        context.check()


@daily(at="00:30")
@job(name="loyalty.settle_referrals", title=gettext_lazy("Rewards for friends that waited"))
def settle_rewards(context: JobContext) -> None:
    """Note which rewards can be used by now; whether they can is a question of dates and not of this job."""
    at, done = now(), 0
    while True:
        with transaction.atomic():
            settled = settle_referrals(at, PORTION, by=SYSTEM)
            if not settled:
                return
            done += settled
            context.report(done, done)
        context.check()
